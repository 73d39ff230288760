"""A watched folder: what lands in it is loaded and moved to ``processed/`` or ``refused/`` with a report beside it.

A file is moved after its load. A crash in between makes the next pass load it again, which changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from frontline.catalog.records import Records
from frontline.core.clock import as_utc
from frontline.core.errors import CatalogError, Conflict, EngineError, UsageError
from frontline.store.intake.feeds.declaration import FeedRules, load_rules
from frontline.store.intake.ingest import Options
from frontline.store.intake.report import LoadReport

PROCESSED, REFUSED = "processed", "refused"
SETTLED_S = 10  # a file that changed less than this ago may still be written
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp")

Load = Callable[[Path, Options], LoadReport]


class Fate(StrEnum):
    """What became of a file."""

    PROCESSED = "processed"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True)
class Dropped:
    """One file of the folder. ``sentence`` is for people and holds no value of any row."""

    name: str
    fate: Fate
    sentence: str
    moved_to: Path | None = None
    report: LoadReport | None = None


def take_drop_folder(
    inbox: Path, load: Load, *, records: Records, now: dt.datetime, settled_s: float = SETTLED_S
) -> list[Dropped]:
    """Load every settled file of ``inbox`` and of its subfolders, oldest first.

    A subfolder is a feed: its ``feed.yaml`` says table, preset, zone and mapping; without one, a folder named like a
    table or a preset means that.

    Args:
        load: loads one file; raises as ``ingest`` does.
        now: the current instant (aware).
    """
    taken = []
    for folder in _feeds(inbox):
        try:
            options = _rules(folder, inbox, records).options()
        except CatalogError as error:
            reasons = "; ".join(str(fault) for fault in error.faults)
            taken += [Dropped(path.name, Fate.WAITING, f"feed.yaml is faulty: {reasons}") for path in _files(folder)]
            continue
        for path in _files(folder):
            # A clock that was set (a demo, a replay) may lie far before the file's own time: that is no fresh file.
            if abs(now.timestamp() - path.stat().st_mtime) < settled_s:
                taken.append(Dropped(path.name, Fate.WAITING, "The file is still being written."))
            else:
                taken.append(_take(path, inbox, load, options, as_utc(now)))
    return taken


def _take(path: Path, inbox: Path, load: Load, options: Options, now: dt.datetime) -> Dropped:
    try:
        report = load(path, options)
    except UsageError as refusal:
        words = {"file": path.name, "refused_at": now.isoformat(), "reason": refusal.message, "next": refusal.next_step}
        moved = _move(path, inbox / REFUSED / f"{now:%Y-%m-%d}", json.dumps(words, indent=2, ensure_ascii=False))
        return Dropped(path.name, Fate.REFUSED, str(refusal), moved)
    except (Conflict, EngineError) as error:
        # Another load is running, or the disk is full: the file stays where it is for the next pass.
        return Dropped(path.name, Fate.WAITING, str(error))
    done = {"file": path.name, "loaded_at": now.isoformat(), "lines": report.lines(), **report.as_json()}
    moved = _move(path, inbox / PROCESSED / f"{now:%Y-%m-%d}", json.dumps(done, indent=2, ensure_ascii=False))
    return Dropped(path.name, Fate.PROCESSED, report.lines()[0], moved, report)


def _move(path: Path, folder: Path, report: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}.{number}{path.suffix}"
    # The report first: a file in its last place always has one.
    (folder / f"{target.name}.report.json").write_text(report + "\n", encoding="utf-8")
    return path.rename(target)


def _feeds(inbox: Path) -> Iterator[Path]:
    if not inbox.is_dir():
        raise UsageError(f"The folder {inbox} does not exist.", next_step="Make it, and drop files into it.")
    yield inbox
    for folder in sorted(inbox.iterdir()):
        is_feed = folder.is_dir() and not folder.is_symlink() and not folder.name.startswith(".")
        if is_feed and folder.name not in (PROCESSED, REFUSED):
            yield folder


def _rules(folder: Path, inbox: Path, records: Records) -> FeedRules:
    rules = load_rules(folder)
    if folder == inbox or (folder / "feed.yaml").is_file():
        return rules
    if folder.name in records.tables:
        return FeedRules(table=folder.name)
    return FeedRules(preset=folder.name) if folder.name in records.presets else rules


def _files(folder: Path) -> list[Path]:
    # A link may lead out of the folder; it is nobody's export.
    found = [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    found = [path for path in found if not path.name.startswith((".", "~$")) and path.name != "feed.yaml"]
    found = [path for path in found if not path.name.lower().endswith(_UNFINISHED)]
    return sorted(found, key=lambda path: (path.stat().st_mtime, path.name))

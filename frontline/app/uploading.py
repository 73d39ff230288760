"""Files sent to the bot: fetched into a folder of their own, looked at, loaded, and removed."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontline.app.loading import load_facts
from frontline.core.actor import Actor
from frontline.core.errors import FrontlineError, NotFound
from frontline.core.ids import new_id
from frontline.core.ports import FetchFile
from frontline.store.intake.ingest import Options
from frontline.store.intake.looking import look
from handlers.desk import UploadLook

if TYPE_CHECKING:
    from frontline.app.wiring import House

KEPT = dt.timedelta(days=1)
_NAME = re.compile(r"[^\w. -]+")
_QUESTION = re.compile(r'First question: frontline ask "(?P<question>[^"]+)"')


class Uploads:
    """The files that wait for a decision of the person who sent them."""

    def __init__(self, house: House, fetch: FetchFile) -> None:
        self._house = house
        self._fetch = fetch
        self._folder = house.home / "uploads"

    def fetch(self, actor: Actor, file_id: str) -> tuple[str, UploadLook]:
        """Fetch a file of Slack and look at it; return its key and what it seems to be.

        Raises:
            UsageError: it is too large, of another kind, or damaged; nothing of it is kept.
        """
        self.clean()
        key = new_id("up")
        folder = self._folder / key
        folder.mkdir(parents=True, mode=0o700)
        try:
            name = self._fetch(file_id, folder / "file")
            path = (folder / "file").rename(folder / (_NAME.sub("_", name).lstrip(".")[:120] or "file"))
            self._write(folder, {"by": actor.key, "file": path.name})
            seen = self.look(actor, key)
        except (FrontlineError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return key, seen

    def look(self, actor: Actor, key: str) -> UploadLook:
        """Say what a file seems to be, under the mapping that was chosen for it."""
        path, meta = self._open(actor, key)
        house = self._house
        with tempfile.TemporaryDirectory(prefix="look-") as folder:
            seen = look(
                path,
                home=house.home,
                store=house.store,
                vault=house.vault,
                now=house.clock.now(),
                options=self._options(meta),
                records=house.catalog.records,
                default_zone=house.catalog.calendar.zone,
                folder=Path(folder),
            )
        self._write(path.parent, {**meta, "table": seen.table, "mapping": dict(seen.mapping), "zone": seen.zone})
        return UploadLook(
            name=path.name,
            table=seen.table,
            rows=seen.rows,
            faults=seen.faults,
            zone=seen.zone,
            mapping=seen.mapping,
            read_as=seen.read_as,
            notes=seen.notes,
            refusal=seen.refusal,
        )

    def change(self, actor: Actor, key: str, *, table: str, mapping: Mapping[str, str], zone: str) -> UploadLook:
        """Look again under another mapping."""
        path, meta = self._open(actor, key)
        self._write(path.parent, {**meta, "table": table, "mapping": dict(mapping), "zone": zone})
        return self.look(actor, key)

    def load(self, actor: Actor, key: str) -> tuple[Sequence[str], str, int]:
        """Load a file and remove it; return the report, a first question, and the number of refused rows."""
        path, meta = self._open(actor, key)
        report = load_facts(self._house, [path], self._options(meta), actor=actor)
        shutil.rmtree(path.parent, ignore_errors=True)
        lines = report.lines()
        found = next((match for match in map(_QUESTION.match, lines) if match), None)
        said = [line for line in lines if not _QUESTION.match(line)]
        return said, found["question"] if found else "", report.total("quarantined")

    def drop(self, actor: Actor, key: str) -> None:
        """Remove a file that was not loaded."""
        path, _ = self._open(actor, key)
        shutil.rmtree(path.parent, ignore_errors=True)

    def clean(self) -> None:
        """Remove what nobody decided about within a day."""
        oldest = self._house.clock.now() - KEPT
        for folder in self._folder.glob("up_*"):
            meta = _read(folder)
            if meta is None or dt.datetime.fromisoformat(meta["at"]) < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    def _open(self, actor: Actor, key: str) -> tuple[Path, dict[str, Any]]:
        folder = self._folder / key
        meta = _read(folder) if folder.parent == self._folder else None
        # A file is its sender's: to anybody else it does not exist.
        if meta is None or meta["by"] != actor.key:
            raise NotFound("This file is not here any more.", next_step="Send it again; files are kept for a day.")
        return folder / meta["file"], meta

    def _options(self, meta: Mapping[str, Any]) -> Options:
        mapping = {str(name): str(column) for name, column in (meta.get("mapping") or {}).items()}
        return Options(table=meta.get("table") or None, mapping=mapping or None, zone=meta.get("zone") or None)

    def _write(self, folder: Path, meta: Mapping[str, Any]) -> None:
        content = {"at": self._house.clock.now().isoformat(), **meta}
        (folder / "meta.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def uploads_of(house: House, fetch: FetchFile) -> Callable[[], Uploads]:
    """Return a maker of the uploads of a house, for its desk."""
    uploads = Uploads(house, fetch)
    return lambda: uploads


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None

"""Whether the routines find what is planted in companies of other seeds, and are silent where nothing is.

``python -m benchmarks.planted_truths --seeds 1-10`` prepares each company as ``frontline demo --prepare`` does (about a
minute each, and once more without effects), runs the routines slot by slot and reads their posts against truth.yaml.
It is a program of its own: ``make bench`` compares speeds and takes minutes, this takes most of an hour.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.figures import Figure, show
from bot.render_text import render_text
from frontline.app.clockwork import build_runner
from frontline.app.demo_home import Wanted, load_documents, prepare
from frontline.app.settings import Settings
from frontline.app.sources import churn_source
from frontline.app.terminal import Globals
from frontline.app.wiring import House
from frontline.core.ids import keyed_hash
from frontline.core.reply import Reply

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 6, 17)
WITHIN = 7  # days after the onset by which a rise has to be told
QUIET_DAYS = 60
MOST_LISTED = 50
DIGEST = "2026-06"  # posted on 5 June, about May
_WORD = re.compile(r"[a-z]{3,}")
_FRAME = frozenset("after although and arrives did nobody not never the that used with".split())  # noqa: SIM905


@dataclass
class Found:
    """What the posts of one company said."""

    seed: int
    rise_days: int | None = None
    early_posts: int = 0
    churners: int = 0
    planted: int = 0
    opted_out: int = 0
    theme: bool | None = None  # is the planted one in the digest; with nothing planted, is any called growing
    growing: bool = False
    digest: str = field(default="", repr=False)


def look(home: Path, seed: int, *, effects: bool, texts: bool) -> Found:
    """Prepare one company in ``home`` and run its routines."""
    house = House(Settings(home=home, admins=()), Globals(json=True))
    prepare(house, Wanted(seed=seed, effects=effects), fresh=True)
    if texts:
        load_documents(house)
    truth = yaml.safe_load((home / "truth.yaml").read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in truth["effects"]}
    found = Found(seed)
    _recontacts(house, rows.get("recontact_fresh"), found)
    _churn(house, rows.get("churners"), found)
    if texts:
        _theme(house, rows.get("theme"), found)
    house.store.close()
    return found


def _recontacts(house: House, rise: dict[str, Any] | None, found: Found) -> None:
    runner = build_runner(house)
    onset = _day(rise["from"]) if rise else None
    first = (onset - 14 * DAY) if onset else TODAY - QUIET_DAYS * DAY
    for number in range((TODAY - first).days + 1):
        slot = first + number * DAY
        posts = runner.run_slot("recontact_breach", slot.isoformat()).posts
        if not posts:
            continue
        if onset is None or slot <= onset:
            found.early_posts += 1
        elif found.rise_days is None:
            text = " ".join(render_text(post.reply) for post in posts)
            # A post about something else is no find.
            if rise and any(topic in text for topic in rise["topics"]):
                found.rise_days = (slot - onset).days


def _churn(house: House, planted: dict[str, Any] | None, found: Found) -> None:
    from frontline.analysis.churn import assess, choose

    rule = house.catalog.rules.churn.model_copy(update={"capacity": MOST_LISTED, "hold_out": 0.0})
    seen_at = house.clock.now()
    signs = churn_source(house)(seen_at=seen_at, rule=rule)
    choice = choose(assess(signs, rule), rule, is_held_out=lambda key: False, is_tired=lambda key: False)
    listed = {item.customer.customer_key for item in choice.listed}
    found.opted_out = sum(item.customer.consent_contact is not True for item in choice.listed)
    ids = planted["customer_ids"] if planted else []
    keys = {keyed_hash(house.org_key, "customer", identity) for identity in ids}
    found.churners, found.planted = len(listed & keys), len(keys)


def _theme(house: House, theme: dict[str, Any] | None, found: Found) -> None:
    posts = build_runner(house).run_slot("pain_point_digest", DIGEST).posts
    found.digest = "\n\n".join(render_text(post.reply) for post in posts)
    lines = _theme_lines(posts[0].reply) if posts else []
    found.growing = any(", growing:" in line for line in lines)
    if theme is None:
        found.theme = found.growing
    else:
        wanted = set(_WORD.findall(theme["theme"])) - _FRAME
        # Customers have their own words ("no one appeared or rang"): growth where it was planted is the theme too.
        grows = f"about {theme['topic']}, growing:"
        meant = [line for line in lines if grows in line or len(wanted & set(_WORD.findall(line.lower()))) >= 2]
        found.theme, found.growing = bool(meant), any(", growing:" in line for line in meant)


def _theme_lines(reply: Reply) -> list[str]:
    """Return label and figures of each theme of the digest, as one line; quotes are left out."""
    lines = [line for line in render_text(reply).splitlines() if not line.startswith(">")]
    pairs = zip(["", *lines], lines, strict=False)
    return [f"{label} {line}" for label, line in pairs if "complaints in" in line and " about " in line]


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def summarize(planted: Sequence[Found], plain: Sequence[Found]) -> list[Figure]:
    """Return one figure per promise, as a count of companies."""
    most = len(planted)
    days, early = [item.rise_days for item in planted], [item.early_posts for item in planted]
    figures = [
        Figure(
            f"rise of recontacts told within {WITHIN} days", sum(item.rise_days is not None for item in planted),
            f"of {most}", 0.9 * most, is_floor=True,
            note=f"days: {days}, posts in the 14 days before: {early}",
        ),
        Figure(
            "12 of the 20 churners among the first 50", sum(item.churners >= 12 for item in planted),
            f"of {most}", 0.9 * most, is_floor=True, note=f"found: {[item.churners for item in planted]}",
        ),
        Figure("customers listed without consent", sum(item.opted_out for item in [*planted, *plain]), "", 0),
    ]  # fmt: skip
    if any(item.theme is not None for item in planted):
        themes = [item.theme for item in planted]
        figures.append(
            Figure("growing theme in its digest", sum(map(bool, themes)), f"of {most}", 0.9 * most, is_floor=True,
                   note=f"{themes}, called growing: {sum(item.growing for item in planted)}")
        )  # fmt: skip
    if plain:
        quiet = [item.early_posts for item in plain]
        figures.append(
            Figure(f"no recontact post in {QUIET_DAYS} days, nothing planted", sum(not posts for posts in quiet),
                   f"of {len(plain)}", 0.9 * len(plain), is_floor=True, note=f"posts: {quiet}")
        )  # fmt: skip
        grown = [item.theme for item in plain if item.theme is not None]
        if grown:
            figures.append(
                Figure("no growing theme, nothing planted", sum(not shown for shown in grown), f"of {len(grown)}",
                       0.9 * len(grown), is_floor=True)
            )  # fmt: skip
    return figures


def main() -> int:
    """Run the seeds and print the figures; 1 when a promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-10", help="for example 11-20 or 3,7")
    parser.add_argument("--no-texts", action="store_true", help="leave the texts and the digest out (much quicker)")
    parser.add_argument("--only", choices=["planted", "none"], help="one half of the companies")
    parser.add_argument("--keep", type=Path, help="a folder for the digests, to be read")
    arguments = parser.parse_args()
    halves: dict[bool, list[Found]] = {True: [], False: []}
    for effects in (True, False):
        if arguments.only and (arguments.only == "planted") is not effects:
            continue
        for seed in _seeds(arguments.seeds):
            with tempfile.TemporaryDirectory(prefix="truths-") as folder:
                found = look(Path(folder), seed, effects=effects, texts=not arguments.no_texts)
            if arguments.keep and found.digest:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                (arguments.keep / f"{'planted' if effects else 'none'}-{seed}.txt").write_text(found.digest)
            sys.stderr.write(f"{'planted' if effects else 'nothing planted'}: {found}\n")
            halves[effects].append(found)
    figures = summarize(halves[True], halves[False])
    sys.stdout.write(show(figures))
    return 1 if any(figure.is_missed for figure in figures) else 0


def _seeds(words: str) -> list[int]:
    seeds: list[int] = []
    for part in words.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


if __name__ == "__main__":
    sys.exit(main())

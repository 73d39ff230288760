"""How well two people agree on the category of a case: per level, per category and per site, never per person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.agreement import Agreement, agreed_by_code, find_confusions, gwet_ac1
from frontline.catalog.taxonomy import Taxonomy
from frontline.core.reply import Cell, Column, Paragraph, Part, Table
from frontline.governance import coding, taxonomy_changes
from frontline.governance.coding import Pair
from handlers.desk import Work
from handlers.taxonomy_changes import item_of

WEEK = dt.timedelta(days=7)
# Fewer cases than this say nothing of a category or a site.
LEAST = 10
LEVELS = {"first level": 1, "both levels": 2}


@dataclass(frozen=True)
class Told:
    """Parts for the card, and the same for machines."""

    parts: Sequence[Part]
    answer: Mapping[str, Any]


def agreement_of(work: Work, taxonomy: Taxonomy) -> Told:
    """Return AC1 with its interval per level, raw agreement per category and site, and what is mixed up."""
    rule = work.desk.catalog.rules.categories
    since = work.now - rule.weeks * WEEK
    pairs = coding.list_pairs(
        work.session, work.actor, taxonomy=taxonomy, since=since, policy=work.desk.policy, audience=work.audience
    )
    levels = levels_of(pairs, taxonomy)
    if not levels:
        waiting = coding.count_waiting(work.session, since=since)
        said = f"{waiting} answers are still to come." if waiting else "The routine category_sample draws the cases."
        return Told([Paragraph(f"_Two people have not coded enough of the same cases yet. {said}_")], {})
    lines = [f"*Agreement of two people*, {levels['first level'].n} cases of the last {rule.weeks} weeks:"]
    for name, found in levels.items():
        verdict = "reaches" if found.ac1 >= rule.target else "misses"
        lines.append(
            f"{name}: AC1 {found.ac1:.2f} ({found.interval.low:.2f} to {found.interval.high:.2f}),"
            f" {found.raw:.0%} the same; it {verdict} {rule.target:.2f}"
        )
    both = [pair for pair in pairs if pair.codes[0] == pair.codes[1]]
    if len(both) >= LEAST:
        same = sum(taxonomy.top(pair.codes[0]) == taxonomy.top(pair.original) for pair in both)
        lines.append(f"where both agree, the help desk had said the same in {same} of {len(both)}")
    parts: list[Part] = [Paragraph("\n".join(lines)), *_tables(pairs, taxonomy)]
    parts += [item_of(change, taxonomy) for change in _open(work, taxonomy)]
    answer = {
        name: {
            "n": found.n,
            "raw": round(found.raw, 4),
            "ac1": round(found.ac1, 4),
            "low": round(found.interval.low, 4),
            "high": round(found.interval.high, 4),
        }
        for name, found in levels.items()
    }
    return Told(parts, answer)


def levels_of(pairs: Sequence[Pair], taxonomy: Taxonomy) -> dict[str, Agreement]:
    """Return AC1 of the first level alone and of the whole code; empty for fewer than ``LEAST`` cases."""
    if len(pairs) < LEAST:
        return {}
    tops = [(taxonomy.top(pair.codes[0]), taxonomy.top(pair.codes[1])) for pair in pairs]
    found = {
        "first level": gwet_ac1(tops, codes=_first_level(taxonomy)),
        "both levels": gwet_ac1([pair.codes for pair in pairs], codes=taxonomy.in_force()),
    }
    return {name: agreement for name, agreement in found.items() if agreement is not None}


def _first_level(taxonomy: Taxonomy) -> list[str]:
    return [code for code in taxonomy.in_force() if taxonomy.top(code) == code]


def _open(work: Work, taxonomy: Taxonomy) -> Sequence[Any]:
    rows = taxonomy_changes.list_open(work.session, work.actor, policy=work.desk.policy)
    in_force = set(taxonomy.in_force())
    return [row for row in rows if {row.first, row.second or row.first} <= in_force][:5]


def _tables(pairs: Sequence[Pair], taxonomy: Taxonomy) -> list[Part]:
    tops = [(taxonomy.top(pair.codes[0]), taxonomy.top(pair.codes[1])) for pair in pairs]
    by_site: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair, codes in zip(pairs, tops, strict=True):
        by_site[pair.site].append(codes)
    rows: list[list[Cell]] = [
        ["category", f"{taxonomy.path(row.code)} ({row.code})", row.n, row.share, None]
        for row in agreed_by_code(tops)
        if row.n >= LEAST
    ]
    of_all = _first_level(taxonomy)  # chance is that of the codes that could have been given, at every site the same
    for site, said in sorted(by_site.items()):
        if site and len(said) >= LEAST and (found := gwet_ac1(said, codes=of_all)) is not None:
            rows.append(["site", site, found.n, found.raw, f"{found.ac1:.2f}"])
    mixed = find_confusions([pair.codes for pair in pairs])
    rows += [["mixed up", f"{each.first} and {each.second}", each.n, each.share, None] for each in mixed[:5]]
    if len(rows) < 2:
        return []
    columns = [
        Column("what", "What"),
        Column("of", "Of"),
        Column("cases", "Cases", "count"),
        Column("share", "Share the same (mixed up: not)", "share"),
        Column("ac1", "AC1"),
    ]
    return [Table("Agreement by category and site", columns, rows)]

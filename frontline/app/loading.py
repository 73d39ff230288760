"""Loading files from the terminal: facts into a new generation, or documents into the corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from frontline.core.ports import Report

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.core.actor import Actor
    from frontline.store.intake import LoadReport, Options


class Loaded(Protocol):
    """What a load reports."""

    @property
    def exit_code(self) -> int: ...

    def as_json(self) -> dict[str, Any]: ...

    def lines(self) -> list[str]: ...


@dataclass
class DocumentsLoaded:
    """A load of documents: rows by decision, and how often each reason was given."""

    read: int = 0
    decisions: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 loaded, 1 with rows held back, 4 when all was known."""
        if self.decisions.get("quarantined") or self.decisions.get("refused"):
            return 1
        return 4 if self.read and self.decisions.get("skipped") == self.read else 0

    def count(self, row: Mapping[str, Any]) -> None:
        """Count one decision."""
        self.read += 1
        decision = str(row["decision"])
        self.decisions[decision] = self.decisions.get(decision, 0) + 1
        for reason in row.get("reasons", ()):
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {"read": self.read, "decisions": self.decisions, "reasons": self.reasons, "notes": self.notes}

    def lines(self) -> list[str]:
        """One sentence a line."""
        said = ", ".join(f"{count:,} {decision}" for decision, count in sorted(self.decisions.items()))
        rows = [f"{self.read:,} documents read: {said or 'nothing to do'}."]
        rows += [f"  {count:,}: {reason}" for reason, count in sorted(self.reasons.items(), key=lambda pair: -pair[1])]
        return rows + self.notes


def load(
    house: House,
    paths: Sequence[Path],
    *,
    preset: str | None = None,
    table: str | None = None,
    mapping: Mapping[str, str] | None = None,
    zone: str | None = None,
    report: Report | None = None,
) -> Loaded:
    """Load ``paths`` under the rules of a preset, a table, or what the columns say.

    Raises:
        UsageError: a file is refused; the stores are as they were.
    """
    from frontline.store.intake import Options

    actor = house.permit("data.ingest")
    known = house.catalog.presets.get(preset) if preset else None
    if known is not None and known.loads == "documents":
        return load_documents(house, paths, preset=str(preset), report=report)
    options = Options(preset=preset, table=table, mapping=dict(mapping or {}) or None, zone=zone)
    loaded = load_facts(house, paths, options, actor=actor, report=report)
    house.forget_catalog()
    return loaded


def load_facts(
    house: House, paths: Sequence[Path], options: Options, *, actor: Actor, report: Report | None = None
) -> LoadReport:
    """Load files of facts for ``actor``, who is permitted to; the load is audited.

    Raises:
        UsageError: a file is refused; the stores are as they were.
    """
    from frontline.store.intake import ingest

    loaded = ingest(
        paths,
        home=house.home,
        store=house.store,
        vault=house.vault,
        now=house.clock.now(),
        options=options,
        report=report,
        records=house.catalog.records,
        calendar_zone=house.catalog.calendar.zone,
        gap_days=house.catalog.calendar.gap_days,
        find_personal=lambda texts: find_personal(house, texts),
    )
    house.note(actor, "data.ingest", resource=loaded.generation or "unchanged", detail={"rows": loaded.total("read")})
    follow_consents(house)
    link_verbatims(house)
    return loaded


def link_verbatims(house: House) -> int:
    """Tie words of surveys that came before the facts to the agents whom they are about; return how many."""
    from frontline.governance.verbatims import link_agents

    with house.store.unit() as unit:
        linked = link_agents(unit, house.facts.agents_of_surveys)
        if linked:
            unit.commit()
    return linked


def follow_consents(house: House) -> int:
    """Let what customers refuse in the facts reach their words; return how many documents lost their consent."""
    from frontline.governance.consents import withdraw_consents
    from frontline.governance.crowds import refresh_pool

    refusing = house.facts.customers_who("consent_quote", is_=False)
    with house.store.unit() as unit:
        changed = withdraw_consents(unit, refusing)
        if changed:
            refresh_pool(unit, house.catalog.releases)
            unit.commit()
    return changed


def find_personal(house: House, texts: Sequence[str]) -> list[str]:
    """Return per text the label of the first identity that the gate sees in it, "" for none (V12).

    A word of the taxonomy names a category in some language ("faktury"), whatever it looks like to an English gate.
    What the gate could not check to its end counts as a person: nobody knows that it is none.
    """
    from anonymization.reasons import UNCHECKED
    from frontline.core.text import RawText

    def look(text: str) -> str:
        if house.catalog.taxonomy.has_label(text):
            return ""
        verdict = house.gate.check(RawText(text))
        is_unchecked = any(reason.partition(":")[0] in UNCHECKED for reason in verdict.reasons)
        return next((span.label for span in verdict.spans), "PERSON" if is_unchecked else "")

    return [look(text) for text in texts]


def load_documents(house: House, paths: Sequence[Path], *, preset: str, report: Report | None) -> DocumentsLoaded:
    """Read documents with a preset and add them to the corpus, file after file."""
    from frontline.store.intake.documents import DocumentCounts, read_documents

    actor = house.permit("corpus.add")
    loaded = DocumentsLoaded()
    for path in find_exports(paths):
        counts = DocumentCounts()
        rows = list(read_documents(path, house.catalog.presets[preset], counts=counts))
        for decision in house.corpus.add(actor, rows, report=report):
            loaded.count(decision)
        loaded.notes.append(
            f"{path.name}: {counts.read:,} rows, {counts.given:,} texts, {counts.empty:,} without a text, "
            f"{counts.damaged:,} damaged, {counts.doubled:,} twice in the file"
        )
    house.note(actor, "data.ingest", resource=f"documents:{preset}", detail={"rows": loaded.read})
    return loaded


def find_exports(paths: Sequence[Path]) -> list[Path]:
    """Return the files of ``paths``, folders opened.

    Raises:
        UsageError: a path does not exist, or there is no file at all.
    """
    from frontline.store.intake.sources import find_files

    return find_files(paths)[0]


def describe_unlock(house: House) -> list[dict[str, Any]]:
    """Return the ladder: which column unlocks what, and whether it is there."""
    from frontline.store.intake.ladder import present_columns, unlock

    records = house.catalog.records
    return [
        {"needs": step.needs, "unlocks": step.unlocks, "is_unlocked": step.is_unlocked}
        for step in unlock(present_columns(house.facts, records), records)
    ]


def read_errors(house: House, limit: int | None) -> list[dict[str, Any]]:
    """Return refused rows with load, file, row, code and reason; opening them is audited."""
    from frontline.store.intake.safekeeping import read_rejects

    actor = house.permit("data.errors")
    rows = []
    for row in islice(read_rejects(house.store, house.vault, actor), limit):
        origin = {"load": row.load_id, "file": row.source, "table": row.table, "row": row.row}
        rows.append({**origin, "code": row.code, "reason": row.reason, **row.content})
    return rows

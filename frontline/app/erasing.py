"""Erasing a person from every store of a home, in steps that can each be done again after a crash.

The plan (what to look for) is written, encrypted, before anything goes; a run that stopped is taken up by the same
command. Order: keep the person out, source files, facts, state with the vault, index, free pages, proof.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from frontline.core.actor import Actor
from frontline.store.erasure import state as in_state
from frontline.store.erasure.facts import count_rows, erase_facts, references_of
from frontline.store.erasure.files import erase_files
from frontline.store.erasure.scanning import Scan, scan_bytes
from frontline.store.erasure.traces import Traces
from frontline.store.intake.safekeeping import IDENTITY
from frontline.store.models.erasure import Erasure
from frontline.store.subjects import documents_of, lookup_of, lookups_of, suppress

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.store.work import Unit

_IDENTIFIERS = ("customer_number", "account_number", "email", "phone", "address")
KEPT = (
    "the audit trail: who did what when, without values of persons",
    "rows of the facts under a tombstone that nothing leads back from: counts and durations stay as they were",
    "a keyed hash of each identifier, so that a later load does not bring the person back",
)


@dataclass
class Receipt:
    """What an erasure did. ``counts``: store -> how many; ``standing``: messages in Slack that quote the person."""

    subject: str
    counts: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    standing: list[dict[str, str]] = field(default_factory=list)
    is_resumed: bool = False
    is_compact: bool = True
    documents_left: int | None = None
    scan: Scan | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was there to erase."""
        return not self.files and not any(self.counts.values())

    def count(self, name: str, value: int | Mapping[str, int]) -> None:
        """Note what one store gave up."""
        self.counts[name] = value if isinstance(value, int) else dict(value)


class Eraser:
    """Erases one subject. ``at`` is told each step; the crash tests stop there."""

    def __init__(self, house: House, actor: Actor, *, at: Callable[[str], None] = lambda _step: None) -> None:
        self._house = house
        self._actor = actor
        self._at = at

    def preview(self, subject: str, typed: str = "") -> Receipt:
        """Return what ``erase`` would do; nothing changes."""
        traces = self._look(subject, typed)
        receipt = Receipt(subject)
        receipt.files = erase_files(self._house.home, traces, is_dry=True) if traces.is_customer else []
        receipt.count("facts", count_rows(self._house.generations, subject) if traces.is_customer else {})
        with self._house.store.unit() as unit:
            self._erase_state(unit, traces, receipt)  # rolled back: it is not committed
        return receipt

    def erase(self, subject: str, typed: str = "") -> Receipt:
        """Erase a subject from every store; the same again finds nothing.

        Raises:
            Conflict: a load is running; do it again when it has finished, what was done stays done.
            EngineError: the disk is full or fails; likewise.
        """
        traces, receipt = self._begin(subject, typed)
        self._at("planned")
        if traces.is_customer:
            receipt.files = erase_files(self._house.home, traces)
            self._at("files")
            erase_facts(self._house.generations, traces)
            self._at("facts")
        with self._house.store.unit() as unit:
            self._erase_state(unit, traces, receipt)
            self._save(unit, receipt)
            unit.commit()
        self._at("state")
        if receipt.counts.get("documents"):
            receipt.documents_left = self._house.corpus.rebuild(reuse=True)
        self._at("index")
        self._finish(traces, receipt)
        return receipt

    def _begin(self, subject: str, typed: str) -> tuple[Traces, Receipt]:
        """Write down what to look for and keep the person out from now on; take up what a crash left."""
        found = self._look(subject, typed)
        receipt = Receipt(subject)
        vault = self._house.vault
        with self._house.store.unit() as unit:
            row = unit.session.get(Erasure, subject)
            if row is not None and row.plan is not None:
                found = Traces.from_json(json.loads(vault.open_payload(row.plan))).joined(found)
                receipt.is_resumed, receipt.counts = True, dict(row.counts)
            elif row is None:
                row = Erasure(subject=subject, counts={}, started_at=unit.now)
                unit.session.add(row)
            row.tombstone, row.finished_at = found.tombstone, None
            row.plan = vault.seal_payload(json.dumps(found.to_json()).encode())
            if found.is_customer and "facts" not in receipt.counts:
                # Counted before anything goes: after a crash nobody could.
                receipt.count("facts", count_rows(self._house.generations, subject))
            row.counts = dict(receipt.counts)
            suppress(unit, subject, found.lookups)
            unit.commit()
        return found, receipt

    def _look(self, subject: str, typed: str) -> Traces:
        """Find what the home holds of a subject."""
        house = self._house
        traces = Traces(subject, f"erased-{secrets.token_hex(12)}")
        if not traces.is_customer:
            return replace(traces, lookups=self._of_document(subject))
        with house.store.unit() as unit:
            held = house.vault.open_kind(unit, self._actor, IDENTITY, purpose=in_state.PURPOSE)
            unit.commit()
        own = json.loads(held.pop(subject, b"{}"))
        lookups = lookups_of(house.org_key, own)
        # What a household shares identifies nobody: the others' rows stay as they are.
        shared = _shared(lookups, held, house.org_key)
        cells = [own[name] for name in _IDENTIFIERS if name in own and not _is_shared(own, name, shared, house.org_key)]
        whole = " ".join(own[name] for name in ("first_name", "last_name") if name in own)
        values = [*(own[name] for name in ("name", *_IDENTIFIERS) if name in own), whole]
        values += _turned(own.get("name", "")) + _turned(whole)
        references = references_of(house.generations, subject)
        kept_out = [lookup for lookup in lookups if lookup not in shared]
        by_case = [lookup_of(house.org_key, "case", reference) for reference in references]
        with house.store.read() as session:
            documents = documents_of(session, subject, [*kept_out, *by_case])
        kinds = ("complaint", "debrief", "tag", "pain_point", "verbatim", "article")
        named = [f"{kind}{mark}{reference}" for reference in references for kind in kinds for mark in "-:"]
        typed_values = [typed] if typed and typed != subject else []
        return replace(
            traces,
            values=tuple(dict.fromkeys(value for value in [*values, *typed_values] if value)),
            cells=tuple(dict.fromkeys([*cells, *typed_values])),
            lookups=tuple(dict.fromkeys([subject, *kept_out, *by_case])),
            references=tuple(references),
            documents=tuple(dict.fromkeys([*documents, *references, *named])),
        )

    def _of_document(self, subject: str) -> tuple[str, ...]:
        kind, _, name = subject.partition(":")
        return (lookup_of(self._house.org_key, "case", name),) if kind == "document" else ()

    def _erase_state(self, unit: Unit, traces: Traces, receipt: Receipt) -> None:
        from frontline.governance import erasure, quarantine
        from retrieval.erasure import find_documents, forget_documents

        vault = self._house.vault
        ids = find_documents(unit, traces.subject, traces.documents)
        # Documents first: their live releases lapse, which takes the quotes out of posts while the words are known.
        texts = forget_documents(unit, ids)
        self._add(receipt, "documents", len(ids))
        released = erasure.forget_releases(unit, ids)
        self._add(receipt, "releases", len(released))
        changed, standing = erasure.forget_quotes(unit, [*texts, *released])
        self._add(receipt, "messages", changed)
        receipt.standing += [asdict(place) for place in standing]
        held = in_state.erase_documents_of_the_vault(unit, vault, tuple(ids))
        if traces.is_customer:
            self._add(receipt, "alerts", erasure.close_alerts(unit, traces.subject))
            self._add(receipt, "tags", erasure.forget_tags(unit, traces.references))
            self._add(receipt, "rejected_rows", in_state.erase_rejected_rows(unit, vault, self._actor, traces))
            kinds = {"text_kind": quarantine.TEXT_KIND, "known_kind": quarantine.KNOWN_KIND}
            self._add(receipt, "held_texts", in_state.erase_held_texts(unit, vault, self._actor, traces, **kinds))
            self._add(receipt, "pushed_rows", in_state.erase_pushed(unit, vault, traces))
            self._add(receipt, "texts", in_state.sweep_texts(unit, traces))
        self._add(receipt, "items", held + vault.erase(unit, traces.subject))

    def _add(self, receipt: Receipt, name: str, value: int | Mapping[str, int]) -> None:
        """Add to what was counted before a crash."""
        before = receipt.counts.get(name)
        if isinstance(value, int):
            receipt.count(name, value + (before if isinstance(before, int) else 0))
        elif value or before is None:
            receipt.count(name, value)

    def _save(self, unit: Unit, receipt: Receipt) -> None:
        row = unit.session.get(Erasure, receipt.subject)
        assert row is not None
        row.counts = dict(receipt.counts)

    def _finish(self, traces: Traces, receipt: Receipt) -> None:
        """Wipe the plan and the tombstone, so that nothing leads from the person to the rows; then prove it."""
        store = self._house.store
        with store.unit() as unit:
            row = unit.session.scalar(select(Erasure).where(Erasure.subject == traces.subject))
            assert row is not None
            row.plan = row.tombstone = None
            row.counts, row.finished_at = {}, unit.now
            unit.commit()
        receipt.is_compact = store.compact()
        if traces.is_customer and not self._house.settings.state_url:
            receipt.scan = scan_bytes(self._house.home, traces.words, traces.short_names)


def _turned(name: str) -> list[str]:
    """Return a name as lists write it, the family name first: "Vos, Jan" and "Vos Jan"."""
    *given, family = name.split() or [""]
    return [f"{family}{mark} {' '.join(given)}" for mark in (",", "")] if given else []


def _shared(lookups: Mapping[str, str], others: Mapping[str, bytes], key: bytes) -> set[str]:
    """Return those of ``lookups`` that somebody else has too."""
    mine = set(lookups)
    found: set[str] = set()
    for content in others.values():
        if mine - found:
            found |= mine.intersection(lookups_of(key, json.loads(content)))
    return found


def _is_shared(own: Mapping[str, str], field_name: str, shared: set[str], key: bytes) -> bool:
    return bool(shared.intersection(lookups_of(key, {field_name: own[field_name]})))

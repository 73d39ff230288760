"""Rows -> documents: checked, through the gate, kept in state; what the gate holds back goes to the vault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from anonymization.measured import load_measured
from anonymization.reasons import Reason
from frontline.core.actor import Actor
from frontline.core.ids import keyed_hash
from frontline.core.ports import Gate, Known, Progress, Report, Verdict
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import audit, release_endings
from frontline.governance.quarantine import KNOWN_KIND, TEXT_KIND, forget_original, known_to_json
from frontline.governance.verbatims import KIND as VERBATIM
from frontline.governance.verbatims import survey_of
from frontline.store.case_books import keep_books
from frontline.store.models.corpus import Document
from frontline.store.models.quarantine import QuarantineReview
from frontline.store.subjects import document_lookups, is_suppressed, note_documents, suppressed_among
from frontline.store.work import Store, Unit
from retrieval.case_rounds import CaseRounds
from retrieval.details import LABELLED, LEFT_OUT, personal_details
from retrieval.fidelity import Encode, measure
from retrieval.links import FactLinks
from retrieval.rows import DETAILS, fault_of, read_known

if TYPE_CHECKING:
    from frontline.store.vault import Vault

CHUNK = 500
# From so many rows on a load is indexed in steps of as many: each step opens Chroma, which keeps some memory each time.
STRIDE = 2_000
ERASED = "the person was erased; nothing of them is taken in any more"
# What may be released one day; for these the fidelity is measured while the original is here.
QUOTABLE = ("complaint", "verbatim")
LATER = ("product", "agent_id")
# States that the gate's word made, and that its word of today may change.
JUDGED = ("inside", "released", "quarantined")


class Intake:
    """Takes rows in chunks, one commit a chunk: a broken row or a crash costs nothing that came before."""

    def __init__(
        self,
        store: Store,
        *,
        gate: Callable[[], Gate],
        vault: Callable[[], Vault],
        key: Callable[[], bytes],
        encode: Encode | None = None,
        links: FactLinks | None = None,
        rules: Callable[[], str] = str,
    ) -> None:
        """``links``: what the facts know of documents. ``rules``: what the gate goes by today, in any words."""
        self._store = store
        self._gate = gate
        self._vault = vault
        self._key = key
        self._encode = encode
        self._rules = rules
        self._agents_of = links.agents_of if links is not None else None
        self._cases = CaseRounds(store, vault=vault, key=key, links=links)

    def take(
        self,
        actor: Actor,
        rows: Iterable[Mapping[str, Any]],
        *,
        report: Report | None = None,
        note: Callable[[Unit, int], None] = lambda _unit, _count: None,
    ) -> Iterator[dict[str, Any]]:
        """Yield {id, decision, reasons} per row, in order. ``note`` is told in each commit how many rows it takes."""
        total = len(rows) if isinstance(rows, Sequence) else 0
        source = iter(rows)
        done = 0
        while chunk := list(islice(source, CHUNK)):
            yield from self._take_chunk(actor, chunk, note)
            done += len(chunk)
            if report:
                report(Progress(done, total))

    def take_one(self, unit: Unit, row: Mapping[str, Any]) -> dict[str, Any]:
        """Take one row in the caller's unit; the caller writes the audit entry.

        A text made of texts that passed the gate is judged once more, and its placeholders stay what they are.
        """
        passed = row.get("text")
        if isinstance(passed, AnonymizedText):
            row = {**row, "text": passed.show()}
        fault = fault_of(row)
        if fault:
            return self._keep(unit, {}, row, fault, "", None)
        known = read_known(row.get("known"))
        if isinstance(passed, AnonymizedText):
            verdict = self._gate().recheck(passed, known=known, policy="index")
        else:
            [verdict] = self._gate().check_many([(RawText(str(row["text"])), known)])
        personal = personal_details(self._gate(), [row])
        kept = _read_kept(unit, [str(row["id"])])
        return self._keep(unit, kept, row, "", self._content_key(row), verdict, rules=self._rules(), personal=personal)

    def _take_chunk(
        self, actor: Actor, chunk: Sequence[Mapping[str, Any]], note: Callable[[Unit, int], None]
    ) -> list[dict[str, Any]]:
        faults = [fault_of(row) for row in chunk]
        keys = [self._content_key(row) if not fault else "" for row, fault in zip(chunk, faults, strict=True)]
        known = self._known_keys([str(row["id"]) for row, fault in zip(chunk, faults, strict=True) if not fault])
        # Within one chunk the last row of an id wins, as it would over two calls.
        lookups = {place: document_lookups(self._key(), row) for place, row in enumerate(chunk) if not faults[place]}
        for place in self._erased(lookups):
            faults[place] = ERASED
        rules = self._rules()
        fresh = [
            place
            for place, row in enumerate(chunk)
            if not faults[place] and not self._is_settled(known.get(str(row["id"])), keys[place], row, rules)
        ]
        judged = self._cases.judge(self._gate(), chunk, fresh, lambda row: read_known(row.get("known")))
        verdicts = judged.verdicts
        personal = personal_details(self._gate(), [chunk[place] for place in fresh])
        fidelity = self._measure(chunk, verdicts)
        chunk = self._with_agents(chunk, fresh)
        results: list[dict[str, Any]] = []
        with self._store.unit() as unit:
            kept = _read_kept(unit, [str(chunk[place]["id"]) for place in fresh])
            for place, row in enumerate(chunk):
                given = faults[place], keys[place], verdicts.get(place), fidelity.get(place)
                results.append(self._keep(unit, kept, row, *given, rules=rules, personal=personal))
            note_documents(unit.session, {str(chunk[place]["id"]): lookups[place] for place in fresh})
            if judged.books:
                keep_books(unit, self._vault(), judged.books)
            counts: dict[str, int] = {}
            for result in results:
                counts[result["decision"]] = counts.get(result["decision"], 0) + 1
            audit.record(unit, actor, "corpus.add", detail=counts)
            note(unit, len(chunk))
            unit.commit()
        return results

    def _with_agents(self, chunk: Sequence[Mapping[str, Any]], fresh: Sequence[int]) -> Sequence[Mapping[str, Any]]:
        """Fill in the agent whom a verbatim is about, where its survey is in the facts and the row names none."""
        surveys = {
            place: str(chunk[place].get("survey_id") or survey_of(str(chunk[place]["id"])))
            for place in fresh
            if chunk[place].get("kind") == VERBATIM and not chunk[place].get("agent_id")
        }
        found = self._agents_of(set(surveys.values())) if self._agents_of is not None and surveys else {}
        about = {place: found[survey] for place, survey in surveys.items() if survey in found}
        return [{**row, "agent_id": about[place]} if place in about else row for place, row in enumerate(chunk)]

    def _measure(
        self, chunk: Sequence[Mapping[str, Any]], verdicts: Mapping[int, Verdict]
    ) -> dict[int, Mapping[str, Any]]:
        """Return place -> context fidelity of what may be asked to be released: only now is the original known."""
        if self._encode is None:
            return {}
        wanted = {
            place: verdict.text
            for place, verdict in verdicts.items()
            if verdict.text is not None and chunk[place].get("consent") is True and chunk[place].get("kind") in QUOTABLE
        }
        pairs = [(RawText(str(chunk[place]["text"])), text) for place, text in wanted.items()]
        return dict(zip(wanted, measure(pairs, self._encode), strict=True)) if pairs else {}

    def _keep(
        self,
        unit: Unit,
        kept: dict[str, Document],
        row: Mapping[str, Any],
        fault: str,
        content_key: str,
        verdict: Verdict | None,
        fidelity: Mapping[str, Any] | None = None,
        *,
        rules: str = "",
        personal: Set[str] = frozenset(),
    ) -> dict[str, Any]:
        """Keep what became of a row. ``kept``: the documents that are there of those that come; new ones are added."""
        identity = row.get("id")
        if fault:
            return {"id": identity, "decision": "refused", "reasons": [fault]}
        if verdict is None:
            return {"id": identity, "decision": "skipped", "reasons": []}
        doc_id = str(row["id"])
        document = kept.get(doc_id)
        is_new = document is None
        was_withdrawn = document is not None and document.state == "withdrawn"
        details = _details_of(row, personal)
        if document is not None and _comes_out_the_same(document, content_key, verdict, details):
            document.judged_by, document.customer_key = self._judged_by(row, rules), self._customer(row)
            return {"id": identity, "decision": "skipped", "reasons": []}
        if document is None:
            document = kept[doc_id] = Document(doc_id=doc_id, added_at=unit.now, kind=str(row["kind"]))
            unit.session.add(document)
        if not is_new:
            # A release is of a text that somebody read, not of whatever carries its id.
            release_endings.lapse(unit, doc_id)
        if document.vault_id is not None:
            # What was held back of it before is the text of no document any more.
            forget_original(unit, self._vault(), doc_id)
        document.kind = str(row["kind"])
        for name, value in details.items():
            setattr(document, name, value)
        document.consent = row.get("consent") is True
        document.customer_key, document.fidelity = self._customer(row), dict(fidelity) if fidelity else None
        document.content_key, document.changed_at = content_key, unit.now
        document.judged_by = self._judged_by(row, rules)
        document.reasons = _with_language(verdict, document.language)
        document.indexed_in = None if verdict.text is not None or is_new else document.indexed_in
        document.text, document.vault_id = verdict.text, None
        if verdict.text is None:
            document.state = "quarantined"
            document.vault_id = self._put_away(unit, doc_id, str(row["text"]), read_known(row.get("known")))
        else:
            # What was withdrawn stays withdrawn, whatever it is loaded with again, until a person restores it.
            document.state = "withdrawn" if was_withdrawn else "inside"
            document.policy = verdict.text.provenance.policy
        decision = "quarantined" if verdict.text is None else "released" if is_new else "replaced"
        left_out = [LEFT_OUT] if any(str(row.get(name)) in personal for name in LABELLED) else []
        return {"id": identity, "decision": decision, "reasons": [*document.reasons, *left_out]}

    def _put_away(self, unit: Unit, doc_id: str, text: str, known: Known | None) -> str | None:
        """Put the text into the vault, and beside it what was known of its people: a review needs both."""
        from frontline.store.vault import VaultEntry

        subject, vault = f"document:{doc_id}", self._vault()
        if known is not None:
            vault.put(unit, VaultEntry(subject, KNOWN_KIND, known_to_json(known)))
        return vault.put(unit, VaultEntry(subject=subject, kind=TEXT_KIND, content=text.encode("utf-8", "replace")))

    def _erased(self, lookups: Mapping[int, Mapping[str, str]]) -> list[int]:
        """Return the places of rows of people who were erased: the same file again does not bring them back."""
        with self._store.read() as session:
            suppressed = suppressed_among(session, {lookup for found in lookups.values() for lookup in found})
        return [place for place, found in lookups.items() if is_suppressed(found, suppressed)] if suppressed else []

    def _known_keys(self, ids: Sequence[str]) -> dict[str, _Kept]:
        reviewed = select(QuarantineReview.doc_id).where(
            QuarantineReview.doc_id == Document.doc_id, QuarantineReview.content_key == Document.content_key
        )
        query = select(
            Document.doc_id, Document.content_key, Document.judged_by, Document.state, reviewed.exists()
        ).where(Document.doc_id.in_(ids))
        with self._store.read() as session:
            rows = session.execute(query).tuples().all()
        return {doc_id: _Kept(key, by, state, is_reviewed) for doc_id, key, by, state, is_reviewed in rows}

    def _is_settled(self, kept: _Kept | None, content_key: str, row: Mapping[str, Any], rules: str) -> bool:
        """Whether a row need not be looked at again: the same content, and nothing that the gate goes by has changed.

        What a steward looks at or decided, and what was withdrawn, dropped or has aged, is not brought up again.
        """
        if kept is None or kept.content_key != content_key:
            return False
        return kept.is_reviewed or kept.state not in JUDGED or kept.judged_by == self._judged_by(row, rules)

    def _judged_by(self, row: Mapping[str, Any], rules: str) -> str:
        known = read_known(row.get("known"))
        about = json.dumps([rules, known_to_json(known).decode() if known else ""])
        return keyed_hash(self._key(), "judged by", about)

    def _customer(self, row: Mapping[str, Any]) -> str | None:
        """Return the keyed hash of the customer whom a row names, so that groups are counted in customers."""
        known = row.get("known")
        named = row.get("customer_id") or (known.get("customer_id") if isinstance(known, Mapping) else None)
        return keyed_hash(self._key(), "customer", str(named)) if named not in (None, "", []) else None

    def _content_key(self, row: Mapping[str, Any]) -> str:
        content = {name: row.get(name) for name in ("kind", "text", "consent", *DETAILS)}
        # Details of a later version count only where a row has them: what was loaded before is still the same content.
        content = {name: value for name, value in content.items() if name not in LATER or value is not None}
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return keyed_hash(self._key(), "document", canonical)


@dataclass(frozen=True)
class _Kept:
    """What is kept of a document that comes again."""

    content_key: str
    judged_by: str
    state: str
    is_reviewed: bool


def _read_kept(unit: Unit, ids: Sequence[str]) -> dict[str, Document]:
    """Return the documents with these ids that are there, by id: one look for a chunk instead of one for a row."""
    found = unit.session.scalars(select(Document).where(Document.doc_id.in_(ids))) if ids else ()
    return {document.doc_id: document for document in found}


def _details_of(row: Mapping[str, Any], personal: Set[str]) -> dict[str, str | None]:
    """Return what is kept beside a text."""
    given = {name: str(row[name]) for name in DETAILS if row.get(name) not in (None, "")}
    kept = {name: value[:120] for name, value in given.items() if not (name in LABELLED and value in personal)}
    return {name: kept.get(name) for name in DETAILS}


def _comes_out_the_same(
    document: Document, content_key: str, verdict: Verdict, details: Mapping[str, str | None]
) -> bool:
    """Whether the gate, asked again about the same content, says what it said: a release of it need not end."""
    is_same = document.content_key == content_key and document.state in JUDGED and document.text == verdict.text
    notes = [{str(reason).partition(":")[0] for reason in reasons} for reasons in (document.reasons, verdict.reasons)]
    is_same = is_same and all(getattr(document, name) == details[name] for name in LABELLED)
    return is_same and verdict.text is not None and notes[1] <= notes[0]


def _with_language(verdict: Verdict, declared: str | None) -> list[str]:
    """Return the reasons, with a note where a language was declared whose recall was never measured.

    A text of six words may be taken for English; whoever loaded it knows better.
    """
    note = Reason.LANGUAGE_UNMEASURED
    if (
        declared
        and not load_measured().is_measured(declared)
        and not any(said.startswith(note.code) for said in verdict.reasons)
    ):
        return [*verdict.reasons, note.value]
    return list(verdict.reasons)

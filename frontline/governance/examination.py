"""What is known of a document before a person decides whether others may see it: what blocks, what to look at twice.

The original is not kept after the gate: how much the gate's own masking changed was measured at intake; the figures
compare the text that would be shown with the text in the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from anonymization.fidelity import AMOUNT, NEGATION, kept, masked_share
from anonymization.measured import load_measured
from anonymization.revision import mark_stretches, without_amounts
from anonymization.self_description import find_self_descriptions
from frontline.catalog.schema_releases import ReleaseRules
from frontline.core.actor import Actor
from frontline.core.errors import NotFound, UsageError
from frontline.core.ports import Gate, Verdict
from frontline.core.text import AnonymizedText
from frontline.governance.crowds import show_details
from frontline.governance.listed_words import find_listed
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.corpus import Document

POLICY = "trainer"
INDEXED = ("inside", "released")
_UNMEASURED = ("language_unmeasured", "language_unknown", "foreign_script")


@dataclass(frozen=True)
class Figures:
    """How much is left of a text. ``masked_share`` is placeholders of all words, 0-1; pairs are (kept, of)."""

    masked_share: float = 0.0
    negations: tuple[int, int] = (0, 0)
    amounts: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Examination:
    """The look before a release. ``blocks`` are sentences: with one of them there is no release.

    ``sensitive``: kinds (health, minors, ...) that need a steward's explicit yes. ``sensitivity``: ordinary | personal
    (it says who the writer is) | special. ``marked``: the text with what a reviewer should look at twice in brackets.
    ``fidelity``: {cosine, negations, amounts} of the gate's own masking, measured at intake; None where it was not.

    ``text`` is what would be shown, under today's policy; ``is_changed`` when that is not the text looked at.
    ``shown`` maps category, product, region, segment, received, ``group`` (how many customers of the released pool
    share them) and ``generalised`` to what may stand beside it.
    """

    doc_id: str
    content_key: str
    text: AnonymizedText | None
    policy: str
    blocks: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    marked: AnonymizedText | None = None
    fidelity: Mapping[str, Any] | None = None
    is_changed: bool = False
    shown: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures = Figures()

    @property
    def sensitivity(self) -> str:
        """The class of the words."""
        return "special" if self.sensitive else "personal" if self.flags else "ordinary"


def access_document(session: Session, actor: Actor, doc_id: str, *, policy: Policy | None = None) -> Document:
    """Return a document to those who may find examples.

    Raises:
        NotPermitted: the actor may not.
        NotFound: there is none with this id.
    """
    (policy or shipped_policy()).authorize(actor, "example.find", f"document:{doc_id}")
    document = session.get(Document, doc_id)
    if document is None:
        raise NotFound("There is no document with this id.", next_step="`/ops example find` shows the ids.")
    return document


def examine(
    session: Session,
    document: Document,
    *,
    gate: Gate,
    rules: ReleaseRules,
    text: AnonymizedText | None = None,
    policy: str = POLICY,
) -> Examination:
    """Look at a document under today's rules; at ``text`` instead of its own where a reviewer masked more.

    ``policy`` is that of the audience that the words are asked for.

    Raises:
        PrivacyError: the gate itself cannot keep its promises.
    """
    looked_at = text or document.text
    blocks = _blocks(document, rules)
    if looked_at is None:
        return Examination(document.doc_id, document.content_key, None, "", tuple(blocks))
    verdict = gate.recheck(looked_at, policy=policy, language=document.language or "")
    blocks += _held_back(document, verdict)
    # Read on the text of the index: what is masked for others still says what the text is about.
    words = (document.text or looked_at).show()
    sensitive = tuple(kind.replace("_", " ") for kind, listed in rules.sensitive.items() if find_listed(words, listed))
    result = verdict.text or looked_at
    shown = show_details(session, document, result.show(), rules)
    if not shown.has_amounts:
        # Buckets of amounts are details too: they stay only where enough customers share them all.
        result = without_amounts(result)
    about_writer = find_self_descriptions(result.show(), rules.rare, harmless=rules.not_rare)
    return Examination(
        doc_id=document.doc_id,
        content_key=document.content_key,
        text=result if verdict.text is not None else None,
        policy=verdict.text.provenance.policy if verdict.text is not None else "",
        blocks=tuple(dict.fromkeys(blocks)),
        # Where, the marks say: the words themselves stay sealed.
        flags=(f"says who the writer is in {len(about_writer)} places",) if about_writer else (),
        sensitive=sensitive,
        marked=mark_stretches(result, about_writer) if about_writer else None,
        fidelity=document.fidelity,
        is_changed=verdict.text is not None and verdict.text != looked_at,
        shown=shown.to_json(),
        figures=_figures(before=words, after=result.show()),
    )


def refuse_blocked(found: Examination) -> AnonymizedText:
    """Return the text that may be released.

    Raises:
        UsageError: something blocks; all of it in sentences.
    """
    if found.blocks or found.text is None:
        reasons = " ".join(found.blocks) or "There is no text to release."
        raise UsageError(f"This cannot be released. {reasons}", next_step="Choose another example.")
    return found.text


def _blocks(document: Document, rules: ReleaseRules) -> list[str]:
    blocks = []
    if document.state == "quarantined" or document.text is None:
        blocks.append("The gate held its text back.")
    if document.state == "withdrawn":
        blocks.append("It was withdrawn; a reviewer can restore it.")
    if document.kind not in rules.kinds:
        blocks.append(f"A {document.kind.replace('_', ' ')} is not released; {' and '.join(rules.kinds)} are.")
    if not document.consent:
        blocks.append("The customer's consent to be quoted is not on record.")
    return blocks


def is_unmeasured(document: Document, reasons: Sequence[str] = ()) -> bool:
    """Whether the recall of names was not measured in a document's language: such words are never released."""
    noted = [str(reason).partition(":")[0] for reason in (*reasons, *document.reasons)]
    is_declared = bool(document.language) and not load_measured().is_measured(document.language)
    return is_declared or any(code in _UNMEASURED for code in noted)


def _held_back(document: Document, verdict: Verdict) -> list[str]:
    if is_unmeasured(document, verdict.reasons):
        language = f" ({document.language.title()})" if document.language else ""
        return [f"How well names are found in its language{language} was not measured."]
    if verdict.text is None:
        said = " ".join(reason.partition(": ")[2] or reason for reason in verdict.reasons)
        return [f"The gate holds it back today: {said or 'it could not be checked.'}"]
    return []


def _figures(*, before: str, after: str) -> Figures:
    return Figures(
        masked_share=masked_share(after),
        negations=kept(NEGATION, before=before, after=after),
        amounts=kept(AMOUNT, before=before, after=after),
    )

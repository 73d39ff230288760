"""The end of a commitment: kept, with what came of it, or given up; and taking that back within a day."""

from __future__ import annotations

from pydantic import Field

from frontline.catalog.permissions import Scope
from frontline.core.errors import UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form
from frontline.core.reply import Button, Item, Reply
from frontline.core.text import AnonymizedText
from frontline.governance import commitment_states, commitments
from frontline.store.models.governance import Commitment
from handlers import evidence
from handlers.commitment_lines import kinds_of, line
from handlers.desk import Work
from handlers.registry import Arguments


class CloseArguments(Arguments):
    """The commitment, what came of it, and the figure that shows it."""

    value: str = Field(default="")
    note: AnonymizedText | None = None
    metric: str = ""


def done(work: Work, arguments: CloseArguments) -> Reply:
    """Close a commitment with a word on what came of it, and its figure then and now; ask for what its kind wants."""
    policy, kinds = work.desk.policy, kinds_of(work)
    row = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=policy)
    gathered = evidence.measure(work, row, arguments.metric) if row.state in commitments.OPEN else {}
    missing = commitments.missing_evidence(row.kind, {**row.evidence, **gathered}, note=arguments.note, kinds=kinds)
    if missing and row.state in commitments.OPEN and _may_close(work, row):
        return Reply(missing, context=_how(work, row), form=_form(work, row, missing))
    row = commitments.done(
        work.unit, work.actor, row.commitment_id, note=arguments.note, evidence=gathered, policy=policy, kinds=kinds
    )
    work.audit["commitment"] = row.commitment_id
    said = evidence.sentence(row.evidence)
    hint = "" if arguments.note or said else "Say what came of it next time: /own done ID what changed."
    return _closed("Done. A promise kept.", row, context=said or hint)


def drop(work: Work, arguments: CloseArguments) -> Reply:
    """Give a commitment up, with the reason; who made it sees that in its history."""
    if arguments.note is None:
        raise UsageError("Say why it is given up.", next_step="For example: /own drop ID the supplier left.")
    row = commitments.drop(work.unit, work.actor, arguments.value.strip(), note=arguments.note, policy=work.desk.policy)
    work.audit["commitment"] = row.commitment_id
    return _closed("Given up, and written down.", row, context="Its history keeps the reason: /own show ID.")


def undo(work: Work, arguments: CloseArguments) -> Reply:
    """Take the closing back: the commitment is open again as it was."""
    row = commitment_states.reopen(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    work.audit["commitment"] = row.commitment_id
    return Reply("It is open again.", parts=[line(row, work)], replaces=True)


def _may_close(work: Work, row: Commitment) -> bool:
    grant = work.desk.policy.authorize(work.actor, "commitment.done", f"commitment:{row.commitment_id}")
    return grant.scope is Scope.ALL or row.owner_key == work.actor.key


def _closed(headline: str, row: Commitment, *, context: str) -> Reply:
    return Reply(
        headline,
        context=context,
        parts=[Item(row.title, detail=row.commitment_id)],
        buttons=[Button("Undo", "commitment.reopen", row.commitment_id)],
        replaces=True,
    )


def _form(work: Work, row: Commitment, asked: str) -> Form:
    wants_metric = kinds_of(work).kind(row.kind).evidence == "metric"
    note = Input("note", "What came of it", kind="text", optional=wants_metric, limit=1000)
    fields = [note]
    if wants_metric:
        metrics = [(key, metric.title) for key, metric in work.desk.catalog.metrics.items()][:100]
        fields.insert(0, Input("metric", "The figure that shows it", kind="choice", options=metrics))
    return Form("commitment.close", "What came of it?", fields, submit="Done", intro=asked, state=row.commitment_id)


def _how(work: Work, row: Commitment) -> str:
    if kinds_of(work).kind(row.kind).evidence == "metric":
        return f"/own done {row.commitment_id} --metric csat what changed"
    return f"/own done {row.commitment_id} what changed"

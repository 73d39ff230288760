"""``/ops metric list | show | diff | define | adopt | undo | withdraw``: what a number means, and how that changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontline.catalog.definitions import Version
from frontline.catalog.schema_metrics import Metric
from frontline.core.actor import PRIVATE
from frontline.core.errors import UsageError
from frontline.core.reply import Button, Column, Item, Outcome, Part, Reply, Table, Tone
from frontline.governance import definitions, outbox, people
from frontline.store.models.definitions import MetricVersion
from frontline.store.work import Unit
from handlers import contests
from handlers import metric_words as words
from handlers.desk import Work
from handlers.metric_insight import insight
from handlers.registry import Arguments

MOST_VERSIONS = 12
SIGNED = "yes"


class SignArguments(Arguments):
    """``fcr_rate@3``, and ``yes`` once the effect was seen."""

    value: str = ""
    word: str = ""


def list_metrics(work: Work, arguments: Arguments) -> Reply:
    """List every metric with the version in force, and what waits to be signed."""
    catalog = work.desk.catalog
    waiting = definitions.list_versions(work.session, work.actor, states=definitions.OPEN, policy=work.desk.policy)
    adopted = {
        row.metric
        for row in definitions.list_versions(work.session, work.actor, states=("adopted",), policy=work.desk.policy)
    }
    rows = [
        [f"{key}@{metric.version}", metric.title, metric.owner.value, "adopted" if key in adopted else "files"]
        for key, metric in catalog.metrics.items()
    ]
    columns = [
        Column("name", "Definition"),
        Column("title", "Metric"),
        Column("owner", "Owner"),
        Column("from", "From"),
    ]
    items: list[Part] = [words.version_item(work, row) for row in waiting[:MOST_VERSIONS]]
    return Reply(
        f"{len(rows)} metrics, {len(waiting)} proposal{'' if len(waiting) == 1 else 's'} to sign.",
        context="/ops metric show NAME says what one means. /ops metric diff NAME --window 14 tries another meaning.",
        parts=[*items, Table("Metrics", columns, rows)],
        outcome=Outcome.ANSWERED,
        answer={
            "metrics": [
                {
                    "name": row[0],
                    "title": row[1],
                    "owner": row[2],
                    "hash": catalog.definition_hashes[key],
                    "from": row[3],
                }
                for key, row in zip(catalog.metrics, rows, strict=True)
            ],
            "waiting": [f"{row.metric}@{row.number}" for row in waiting],
        },
    )


def show(work: Work, arguments: contests.MetricArguments) -> Reply:
    """Show one metric: what it means, its versions and owner, and how it is doing."""
    version = contests.version(work, arguments.value)
    metric = Metric.model_validate(version.bundle["metric"])
    rows = definitions.list_versions(work.session, work.actor, version.key, policy=work.desk.policy)
    current = work.desk.catalog.definition_hashes.get(version.key, "")
    is_current = version.hash == current
    items: list[Part] = [words.version_item(work, row) for row in rows[:MOST_VERSIONS]]
    said = "in force" if is_current else "not in force"
    counted = is_current or any(row.hash == version.hash and row.state in definitions.EVER_IN_FORCE for row in rows)
    how = f"ask {version.name} to have a figure counted by this version"
    parts = [words.definition(metric, work.desk.catalog), *items]
    return Reply(
        f"{metric.title}: {version.name}, {said}, owned by {metric.owner.value}s.",
        context=f"{version.hash[:8]} · {how if counted else 'never adopted'}",
        parts=[*parts, *(insight(work, version.key) if is_current else [])],
        buttons=[Button("Ask it", "ask.again", version.name)] if counted else [],
        outcome=Outcome.ANSWERED,
        answer={
            "metric": version.name,
            "hash": version.hash,
            "owner": metric.owner.value,
            "in_force": is_current,
            "versions": [{"version": row.number, "hash": row.hash, "state": row.state} for row in rows],
        },
    )


def diff(work: Work, arguments: contests.DefineArguments) -> Reply:
    """Show what another definition would change. Nothing is kept."""
    contest, proposal = contests.contest(work, arguments)
    effect = contests.effect_of(work, contest, arguments)
    buttons = []
    value = contests.as_button(arguments) if proposal is not None else ""
    if value and work.desk.policy.is_allowed(work.actor, "metric.define", audience=work.audience):
        buttons.append(Button("Propose it", "metric.propose", value))
    row = [[change.what, change.before, change.after] for change in proposal.changes] if proposal else []
    return _shown(work, contest.new, effect.as_json(), row, arguments, buttons)


def define(work: Work, arguments: contests.DefineArguments) -> Reply:
    """Propose a definition: its effect is measured and kept with it, and the owner is asked to sign."""
    contest, proposal = contests.contest(work, arguments)
    if proposal is None:
        raise UsageError("Say what to change.", next_step="For example: /ops metric define fcr_rate --window 14")
    measured = contests.effect_of(work, contest, arguments).as_json()
    name = proposal.version.name
    work.audit |= {"metric": name}
    reason, changed = arguments.reason, [[item.what, item.before, item.after] for item in proposal.changes]

    def keep(unit: Unit) -> None:
        row = definitions.propose(unit, work.actor, proposal, effect=measured, reason=reason, policy=work.desk.policy)
        _ask_to_sign(work, unit, row, proposal.version)

    work.effects.append(keep)
    metric = Metric.model_validate(proposal.version.bundle["metric"])
    shown = _shown(work, proposal.version, measured, changed, arguments, [])
    owner = work.desk.catalog.metrics.get(proposal.version.key, metric).owner.value
    return shown.with_(
        headline=f"Proposed as {name}. {shown.headline}",
        context=" · ".join(
            [shown.context, *proposal.notes, f"it counts once its owner ({owner}) and another have signed"]
        ),
        buttons=[Button("Look and sign", "metric.review", name), Button("Withdraw", "metric.withdraw", name)],
        outcome=Outcome.DONE,
    )


def review(work: Work, arguments: SignArguments) -> Reply:
    """Show a proposal with its effect, and the button that signs it."""
    row = definitions.access_version(work.session, work.actor, arguments.value, policy=work.desk.policy)
    return _card(work, row)


def adopt(work: Work, arguments: SignArguments) -> Reply:
    """Show a proposal with its effect; with ``yes``, sign it. The last signature adopts it."""
    if arguments.word.lower().strip("-") != SIGNED:
        return review(work, arguments)
    return sign(work, arguments)


def sign(work: Work, arguments: SignArguments) -> Reply:
    """Sign a proposal."""
    rule = work.desk.catalog.rules.definitions
    row, left = definitions.sign(
        work.unit, work.actor, arguments.value, rule=rule, catalog=work.desk.catalog, policy=work.desk.policy
    )
    name = f"{row.metric}@{row.number}"
    work.audit |= {"metric": name, "adopted": not left}
    if left:
        return Reply(f"Signed {name}. {left}", context="Nothing has changed yet.", outcome=Outcome.DONE)
    _announce(work, row)
    work.unit.after_commit(work.desk.renew)
    metric = Metric.model_validate(row.bundle["metric"])
    before = row.effect.get("old", "")
    again = f"The old figure stays: ask {before}." if before != "none" else ""
    return Reply(
        f"{name} counts from now on: {words.headline(row.effect, metric, work.desk.catalog)}",
        context=again,
        buttons=[Button("Undo", "metric.undo", name)],
        outcome=Outcome.DONE,
    )


def undo(work: Work, arguments: contests.MetricArguments) -> Reply:
    """Take an adoption back."""
    row, before = definitions.undo(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    work.audit |= {"metric": f"{row.metric}@{row.number}"}
    work.unit.after_commit(work.desk.renew)
    said = before or "the definition of the files"
    return Reply(
        f"{row.metric}@{row.number} does not count any more: {said} does again.",
        context=f"It can still be asked for as {row.metric}@{row.number}.",
        outcome=Outcome.DONE,
    )


def withdraw(work: Work, arguments: contests.MetricArguments) -> Reply:
    """Take a proposal back."""
    row = definitions.withdraw(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    work.audit |= {"metric": f"{row.metric}@{row.number}"}
    return Reply(f"{row.metric}@{row.number} is withdrawn.", context="Nothing had changed.", replaces=True)


def _card(work: Work, row: MetricVersion) -> Reply:
    metric = Metric.model_validate(row.bundle["metric"])
    name = f"{row.metric}@{row.number}"
    left = definitions.missing(row, work.desk.catalog.rules.definitions, work.desk.catalog)
    parts: list[Part] = [words.changes(row.changes)]
    if row.reason is not None:
        parts.append(Item(row.reason, detail="why it was proposed"))
    parts += words.parts(row.effect, metric, work.desk.catalog)
    buttons = []
    if row.state == "proposed":
        buttons = [
            Button("Sign", "metric.sign", name, Tone.PRIMARY, confirm=f"Sign {name}? {left}".strip()),
            Button("Withdraw", "metric.withdraw", name),
        ]
    state = left or row.state
    return Reply(
        words.headline(row.effect, metric, work.desk.catalog),
        context=f"{name} · {words.context(row.effect, is_settled=row.state != 'proposed')} · {state}",
        parts=parts,
        buttons=buttons,
        outcome=Outcome.ANSWERED,
        answer={"metric": name, "state": row.state, "missing": left, "effect": row.effect, "changes": row.changes},
    )


def _shown(
    work: Work,
    version: Version,
    effect: Mapping[str, Any],
    changed: list[list[str]],
    arguments: contests.DefineArguments,
    buttons: list[Button],
) -> Reply:
    metric, catalog = Metric.model_validate(version.bundle["metric"]), work.desk.catalog
    grain = arguments.grain if arguments.grain in words.GRAINS else "month"
    parts = [words.changes(changed)] if changed else []
    return Reply(
        words.headline(effect, metric, catalog),
        context=words.context(effect),
        parts=[*parts, *words.parts(effect, metric, catalog, grain=grain)],
        buttons=buttons,
        outcome=Outcome.ANSWERED,
        answer={"metric": version.name, "changes": changed, "effect": dict(effect)},
    )


def _ask_to_sign(work: Work, unit: Unit, row: MetricVersion, version: Version) -> None:
    """Ask the people who own the metric, each by direct message."""
    card = Reply(
        f"@{work.actor.handle} proposes {version.name}.",
        context="Look at what it changes before you sign.",
        parts=[words.changes(row.changes)],
        buttons=[Button("Look and sign", "metric.review", version.name, Tone.PRIMARY)],
        outcome=Outcome.ANSWERED,
    )
    for key in definitions.signers(unit.session, row, work.desk.catalog):
        account = people.slack_account(unit.session, key)
        if account is not None and key != work.actor.key:
            outbox.enqueue(unit, f"definition/{version.name}/{row.id}/{key}", account[1], card, audience=PRIVATE)


def _announce(work: Work, row: MetricVersion) -> None:
    channel = work.desk.catalog.rules.definitions.announce
    if not channel:
        return
    metric = Metric.model_validate(row.bundle["metric"])
    reply = Reply(
        f"{metric.title} is counted by {row.metric}@{row.number} from now on.",
        context=f"Adopted with {len(row.signatures)} signatures. /ops metric show {row.metric} says more.",
        parts=[words.changes(row.changes)],
    )
    own = work.desk.catalog.channels.own(channel)
    outbox.enqueue(work.unit, f"definition/{row.metric}@{row.number}/{row.id}/adopted", own, reply)

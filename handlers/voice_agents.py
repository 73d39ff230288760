"""Survey figures of single agents: who may look, that the agent sees every look, and the agent's objection."""

from __future__ import annotations

from frontline.analysis.shrinkage import shrink
from frontline.core.actor import PRIVATE, Role
from frontline.core.errors import NotFound, UsageError
from frontline.core.reply import Column, Item, Outcome, Reply, Table
from frontline.core.text import AnonymizedText
from frontline.governance import outbox, people
from frontline.metrics.query import Filter
from frontline.store.models.people import Person
from handlers.desk import Work
from handlers.looks import note_looks
from handlers.registry import Arguments
from handlers.survey_words import (
    Figure,
    ViewArguments,
    describe,
    figures,
    read_view,
    run,
    settled,
    show_n,
    show_share,
    stamp_line,
)


class ContestArguments(Arguments):
    """Why a figure is wrong; the gate looks at the words."""

    why: AnonymizedText | None = None


def list_agents(work: Work, arguments: ViewArguments) -> Reply:
    """List the agents of the own team by name, never by figure; every one of them can see who looked."""
    team = work.actor.team
    if team is None:
        raise UsageError("You have no team here.", next_step="An admin sets it: /ops people list")
    query = read_view(work, arguments.said, metric="csat", about="/ops voice agents last quarter")
    period = settled(work, query.period)
    own_team = Filter(dim="team", values=(team,))
    filters = (own_team, *(item for item in query.filters if item.dim != "team"))
    result = run(work, ("csat", "ces"), period=period, by=("agent",), filters=filters)
    found = figures(result)
    if not found:
        raise NotFound("No agent of your team has ratings there.", next_step="Ask for a longer period.")
    shown = {key[0]: cells["csat"] for key, cells in found.items() if _is_shown(cells["csat"])}
    pulled = shrink({name: (cell.events, cell.n or 0) for name, cell in shown.items()}) if shown else None
    columns = [
        Column("agent", "Agent"),
        Column("csat", work.desk.catalog.metrics["csat"].title),
        Column("n", "n"),
        Column("likely", "Likely, given the team"),
        Column("ces", work.desk.catalog.metrics["ces"].title),
        Column("ces_n", "n"),
    ]
    rows = []
    for key in sorted(found):
        cells = found[key]
        likely = f"{pulled.shares[key[0]] * 100:.0f} %" if pulled and key[0] in shown else None
        rows.append(
            [f"@{key[0]}", show_share(cells["csat"]), show_n(cells["csat"]), likely, show_share(cells["ces"]),
             show_n(cells["ces"])]
        )  # fmt: skip
    note_looks(work, result)
    purpose = work.desk.catalog.policies.person_level.purpose
    alike = pulled is not None and len({round(share, 3) for share in pulled.shares.values()}) == 1
    context = "By name, not ranked; hidden under five ratings. Each of them sees that you looked."
    if alike:
        context += " They differ by no more than chance."
    return Reply(
        f"Surveys of the agents of {team} for {describe(work, period, query.filters)}.",
        context=f"{context} · {stamp_line(result)} · purpose: {purpose}",
        parts=[Table("By agent", columns, rows)],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def contest(work: Work, arguments: ContestArguments) -> Reply:
    """Send the agent's objection to the supervisors of the team, and write down that there is one."""
    if not arguments.why:
        raise UsageError("Say what is wrong with it.", next_step="/ops voice contest three of these were transfers")
    told = 0
    for person in _supervisors(work):
        account = people.slack_account(work.session, person.key)
        if account is None:
            continue
        reply = Reply(
            f"@{work.actor.handle} contests figures about their own ratings.",
            context="Look at it together; /ops voice agents shows what they see.",
            parts=[Item(arguments.why)],
        )
        key = f"voice/contest/{work.request.inbound_id}/{person.key}"
        told += outbox.enqueue(work.unit, key, account[1], reply, audience=PRIVATE)
    work.audit |= {"contested": "own survey figures", "told": told}
    if not told:
        raise NotFound("Your team has no supervisor whom I can write to.", next_step="Tell an admin: /ops people list")
    return Reply(
        "Your objection was sent to your supervisor.", context="It stands in the audit trail; its words do not."
    )


def _supervisors(work: Work) -> list[Person]:
    team = (work.actor.team or "").casefold()
    found = people.of_role(work.session, Role.SUPERVISOR)
    return [person for person in found if (person.team or "").casefold() == team] if team else []


def _is_shown(figure: Figure) -> bool:
    return figure.value is not None and not figure.is_hidden and bool(figure.n)

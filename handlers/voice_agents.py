"""Survey figures of single agents: who may look, that the agent sees every look, and the agent's objection."""

from __future__ import annotations

from sqlalchemy import select

from frontline.analysis.shrinkage import shrink
from frontline.catalog.schema_models import fold
from frontline.core.actor import PRIVATE, Role
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, floor_date, step_date
from frontline.core.reply import Column, Item, Outcome, Paragraph, Part, Quote, Reply, Table
from frontline.core.text import AnonymizedText
from frontline.governance import outbox, people
from frontline.governance.verbatims import AboutAgent, list_about_agent
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from frontline.store.models.people import Person
from handlers.desk import Work
from handlers.looks import note_looks
from handlers.registry import Arguments
from handlers.survey_words import (
    NOTHING,
    QUOTES,
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
    """List the agents of the own team by name, never by figure, or show one of them; each can see who looked."""
    team = work.actor.team
    if team is None:
        raise UsageError("You have no team here.", next_step="An admin sets it: /ops people list")
    named, said = _named_agent(work, arguments.said)
    query = read_view(work, said, metric="csat", about="/ops voice agents last quarter")
    if named:
        return _one_agent(work, named, query)
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


def _one_agent(work: Work, named: str, query: MetricQuery) -> Reply:
    """Show one agent's figures and what customers wrote about them; the engine says whose supervisor may look."""
    period = settled(work, query.period)
    filters = (Filter(dim="agent", values=(named,)), *query.filters)
    result = run(work, ("csat", "ces"), period=period, by=("agent",), filters=filters)
    cells = next(iter(figures(result).values()), {"csat": NOTHING, "ces": NOTHING})
    note_looks(work, result)
    csat, least = cells["csat"], work.desk.catalog.metrics["csat"].min_n.person
    titles = [(work.desk.catalog.metrics[key].title, cells[key]) for key in ("csat", "ces")]
    lines = [f"• {title}: {show_share(cell)}, n {show_n(cell) or 0}" for title, cell in titles]
    shown = csat.value is not None and not csat.is_hidden
    return Reply(
        f"Customer satisfaction of @{named} for {describe(work, period, query.filters)}: "
        + (f"{show_share(csat)}, n {csat.n}." if shown else f"hidden until {least} ratings."),
        context=f"@{named} sees that you looked · {stamp_line(result)} · "
        f"purpose: {work.desk.catalog.policies.person_level.purpose}",
        parts=[Paragraph("\n".join(lines)), *(_words_about(work, named, query, period) if shown else ())],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def _words_about(work: Work, named: str, query: MetricQuery, period: PeriodSpec) -> list[Part]:
    """Return a few of the words that customers wrote about an agent, of whole months and without their dates.

    Two periods that differ by a day give the same words: who wrote on that day cannot be worked out.
    """
    if query.filters or not work.desk.policy.is_allowed(work.actor, "corpus.inside", audience=work.audience):
        return []
    start = period.start if period.start.day == 1 else step_date(floor_date(period.start, Grain.MONTH), Grain.MONTH, 1)
    end = floor_date(period.end, Grain.MONTH)
    least = work.desk.catalog.metrics["csat"].min_n.person
    found = AboutAgent()
    if start < end:
        ids = [word for word, name in work.desk.facts().agent_names().items() if fold(name) == fold(named)]
        found = list_about_agent(work.session, work.actor, ids, start=start, end=end, policy=work.desk.policy)
    if found.customers < least:
        return [Paragraph(f"Customers' words are shown once {least} of them wrote in whole months of the period.")]
    quotes = [Quote(text, caption=f"about @{named}") for text in found.texts[:QUOTES]]
    return [Paragraph("*In customers' words* (anonymized; only you see these)"), *quotes]


def _named_agent(work: Work, said: str) -> tuple[str, str]:
    """Return (the agent named first, "" for none; the other words)."""
    head, _, rest = said.partition(" ")
    names = {fold(word): name for word, name in work.desk.facts().agent_names().items()}
    word = head.removeprefix("@")
    # A bare word may be a month; an id has a digit.
    if head.startswith("@") or (fold(word) in names and any(map(str.isdigit, word))):
        person = work.session.scalar(select(Person).where(Person.handle == word.casefold()))
        known = names.get(fold(word)) or names.get(fold(person.agent_id or "" if person is not None else ""))
        # Who is not known is left to the engine, which refuses all who are not of the team alike.
        return known or word, rest
    return "", said


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

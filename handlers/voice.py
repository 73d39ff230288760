"""``/ops voice``: what customers say in surveys, to who may know it.

Agents see their own figures and nobody else's; supervisors their team, by topic and channel, and its agents only where
an agreement is recorded; leaders and analysts everybody as a whole. Small groups are hidden, the bias of the answers
is said, and words of customers are anonymized, old enough and dated by week, so that nobody is picked out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from frontline.analysis.intervals import newcombe
from frontline.analysis.nonresponse import Stratum, reweight, worst_case
from frontline.catalog.permissions import Scope
from frontline.core.errors import NotFound, UsageError
from frontline.core.reply import Button, Chart, Column, Outcome, Paragraph, Part, Reply, Table
from frontline.metrics.query import Filter, MetricQuery, MetricResult, PeriodSpec
from handlers.assistant.numbers import HIDDEN
from handlers.desk import Work
from handlers.looks import viewers_line
from handlers.survey_words import (
    NOTHING,
    Figure,
    ViewArguments,
    as_csv,
    describe,
    figures,
    list_quotes,
    read_view,
    run,
    settled,
    show_n,
    show_share,
    stamp_line,
    title_of,
)

SURVEYS = ("csat", "ces", "nps")
EXAMPLE = "/ops voice by topic last quarter"


def show(work: Work, arguments: ViewArguments) -> Reply:
    """Answer with one's own figures, or with those of the team or of everybody."""
    grant = work.desk.policy.authorize(work.actor, "voice.read", audience=work.audience)
    if grant.scope is Scope.OWN:
        return _own(work, arguments)
    query = _of_team(work, grant.scope, read_view(work, arguments.said, metric="csat", about=EXAMPLE))
    dims = query.by or (("topic", "channel") if _names_team(query) else ("team", "topic", "channel"))
    found = [
        run(work, (*SURVEYS, "response_rate"), period=query.period, by=(dim,), filters=query.filters) for dim in dims
    ]
    whole = run(work, (*SURVEYS, "response_rate"), period=query.period, filters=query.filters)
    total = figures(whole)[()]
    if not any(total[key].n or total[key].is_hidden for key in SURVEYS):
        raise NotFound("Nobody answered a survey there.", next_step=f"Ask for another period: {EXAMPLE}")
    parts: list[Part] = []
    if said := response_sentence(work, query):
        parts.append(Paragraph(said))
    for dim, result in zip(dims, found, strict=True):
        parts += _pictures(work, dim, result)
    parts += quotes(work, query, total["csat"])
    csat = total["csat"]
    return Reply(
        f"Customer satisfaction {show_share(csat)} for {describe(work, query.period, query.filters)}.",
        context=f"n {csat.n if not csat.is_hidden else HIDDEN} · {stamp_line(whole)} · 95 % intervals (Wilson) · "
        "small groups are hidden",
        parts=parts,
        buttons=[Button("CSV", "voice.csv", arguments.said)],
        outcome=Outcome.ANSWERED,
        csv=_csv(dims, found),
        csv_name="voice.csv",
    )


def send_csv(work: Work, arguments: ViewArguments) -> Reply:
    """Send the same view as a file."""
    reply = show(work, arguments)
    if reply.csv is None:
        return reply
    return Reply(reply.headline, context=reply.context, csv=reply.csv, csv_name=reply.csv_name, outcome=reply.outcome)


def home_panel(work: Work) -> Sequence[Part]:
    """Return what App Home shows of last month: an agent's own figures, a supervisor's team in two lines."""
    grant = work.desk.policy.authorize(work.actor, "voice.read")
    if grant.scope is Scope.OWN:
        reply = _own(work, ViewArguments())
        lines = [reply.headline, *(part.text for part in reply.parts if isinstance(part, Paragraph)), reply.context]
        return [Paragraph("\n".join(["*What customers said*", *lines]))]
    query = _of_team(work, grant.scope, read_view(work, "", metric="csat", about=EXAMPLE))
    csat = figures(run(work, ("csat",), period=query.period, filters=query.filters))[()]["csat"]
    when = describe(work, query.period, query.filters)
    line = f"Customer satisfaction {show_share(csat)} for {when}, n {show_n(csat)} (`/ops voice`)."
    return [Paragraph("\n".join(["*What customers said*", line, response_sentence(work, query)]))]


def response_sentence(work: Work, query: MetricQuery) -> str:
    """Say how many answered, and what that does to the share: by channel as far as it explains, and at worst."""
    by_channel = figures(
        run(work, ("csat", "response_rate"), period=query.period, by=("channel",), filters=query.filters)
    )
    strata = {
        key[0]: Stratum(
            cells["response_rate"].n or 0, cells["response_rate"].events, cells["csat"].value, cells["csat"].n or 0
        )
        for key, cells in by_channel.items()
        if not cells["response_rate"].is_hidden
    }
    try:
        found = reweight(strata)
    except ValueError:
        if any(cells["response_rate"].is_hidden for cells in by_channel.values()):
            return "How many of those asked answered is hidden: too few were asked in a channel."
        return "How many of those asked answered is not known: load surveys with sent_at, unanswered ones included."
    left_out = " (channels with too few answers left out)" if found.coverage < 0.995 else ""
    bounds = worst_case(min(1.0, max(0.0, found.weighted)), min(1.0, found.response_rate))
    return (
        f"{found.response_rate * 100:.1f} % of those asked answered. Had every channel answered equally, satisfaction "
        f"would be {found.weighted * 100:.1f} %{left_out}. Whatever the silent think, of all asked "
        f"between {bounds.low * 100:.0f} and {bounds.high * 100:.0f} % are satisfied."
    )


def quotes(work: Work, query: MetricQuery, csat: Figure) -> list[Part]:
    """Return a few verbatims, for private views and when enough have rated: anonymized, and dated by week only."""
    topics = [value for item in query.filters if item.dim == "topic" and item.op == "in" for value in item.values]
    others = [item for item in query.filters if item.dim != "topic"]
    found = list_quotes(
        work,
        "csat",
        csat,
        query.period,
        wanted=topics[0] if topics else "what I think of your service",
        topic=topics[0] if len(topics) == 1 else "",
    )
    if not found:
        return []
    scope = " from all teams" if others else ""
    return [Paragraph(f"*In customers' words*{scope} (anonymized; only you see these)"), *found]


def _of_team(work: Work, scope: Scope, query: MetricQuery) -> MetricQuery:
    """Return the query about the supervisor's own team where it names none."""
    if scope is not Scope.TEAM or not work.actor.team or _names_team(query):
        return query
    return query.model_copy(update={"filters": (*query.filters, Filter(dim="team", values=(work.actor.team,)))})


def _own(work: Work, arguments: ViewArguments) -> Reply:
    """Show the agent's own figures: intervals, n, the team beside them; hidden under five ratings."""
    query = read_view(work, arguments.said, metric="csat", about="/ops voice last month")
    if query.by or any(item.dim == "team" for item in query.filters):
        raise UsageError("Here you see your own figures only.", next_step="For example: /ops voice last month")
    period = settled(work, query.period)
    me = Filter(dim="agent", values=(work.actor.agent_id or work.actor.handle,))
    rows = {
        key: figures(run(work, (key,), period=period, by=("agent",), filters=(me, *query.filters))) for key in SURVEYS
    }
    found = {key: next((cells[key] for cells in own.values()), NOTHING) for key, own in rows.items()}
    names = {name[0] for own in rows.values() for name in own}
    least = work.desk.catalog.metrics["csat"].min_n.person
    csat = found["csat"]
    when = describe(work, period, query.filters)
    lines = [f"• {work.desk.catalog.metrics[key].title}: {_said(key, found[key], least)}" for key in SURVEYS]
    if (beside := _beside_team(work, period, query, csat)) is not None:
        lines.append(f"• {beside}")
    lines.append(f"• {viewers_line(work, names)}")
    is_shown = csat.value is not None and not csat.is_hidden
    headline = (
        f"Your customer satisfaction for {when}: {show_share(csat)}, n {csat.n}."
        if is_shown
        else f"Your customer satisfaction for {when} is hidden until {least} ratings."
    )
    return Reply(
        headline,
        context="Your own ratings, seen by you, older than 72 hours; 95 % intervals (Wilson). "
        "Something wrong? /ops voice contest WHY",
        parts=[Paragraph("\n".join(lines))],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def _beside_team(work: Work, period: PeriodSpec, query: MetricQuery, csat: Figure) -> str | None:
    if work.actor.team is None or csat.value is None or not csat.n:
        return None
    team = (
        figures(
            run(work, ("csat",), period=period, filters=(Filter(dim="team", values=(work.actor.team,)), *query.filters))
        )
        .get((), {})
        .get("csat", NOTHING)
    )
    if team.value is None or not team.n or team.n <= csat.n:
        return None
    gap = newcombe(csat.events, csat.n, team.events, team.n)
    verdict = "within noise of it" if gap.holds(0) else "above it" if gap.low > 0 else "below it"
    return f"Your team: {team.value * 100:.1f} %; you are {verdict}"


def _said(key: str, figure: Figure, least: int) -> str:
    if figure.is_hidden or (figure.n or 0) < least:
        return f"hidden until {least} ratings"
    if key == "nps":
        # p + d - (p - d)^2 <= 1 - nps^2: the widest that the score alone allows.
        half = 196 * math.sqrt(max(0.0, 1 - ((figure.value or 0) / 100) ** 2) / (figure.n or 1))
        return f"{figure.value:.0f} (± {half:.0f} at most), n {figure.n}"
    return f"{show_share(figure)}, n {figure.n}"


def _pictures(work: Work, dim: str, result: MetricResult) -> list[Part]:
    found = figures(result)
    title = title_of(work, dim)
    columns = [Column(dim, title)]
    for metric in SURVEYS:
        name = work.desk.catalog.metrics[metric].title
        columns += [Column(metric, name), Column(f"{metric}_n", "n")]
    columns += [Column("response_rate", "Answered of asked"), Column("asked", "asked")]
    rows = []
    for key, cells in found.items():
        row: list[str | int | float | None] = [work.desk.catalog.dimensions[dim].label_of(key[0])]
        for survey in SURVEYS:
            shown = _score(cells[survey]) if survey == "nps" else show_share(cells[survey])
            row += [shown, show_n(cells[survey])]
        rate = cells["response_rate"]
        rows.append([*row, HIDDEN if rate.is_hidden else _percent(rate), show_n(rate)])
    parts: list[Part] = []
    is_whole = not any(cells["csat"].is_hidden for cells in found.values())
    if is_whole and 2 <= len(found) <= 20:
        labels = [work.desk.catalog.dimensions[dim].label_of(key[0])[:20] for key in found]
        values = [cells["csat"].value for cells in found.values()]
        known = [value for value in values if value is not None]
        alt = f"from {min(known) * 100:.1f} to {max(known) * 100:.1f} %" if known else "no values"
        name = f"Customer satisfaction by {title.lower()}"
        parts.append(Chart(name, "bar", labels, [("csat", values)], alt=alt, format="share"))
    return [*parts, Table(f"Surveys by {title.lower()}", columns, rows)]


def _csv(dims: Sequence[str], results: Sequence[MetricResult]) -> str:
    rows = []
    for dim, result in zip(dims, results, strict=True):
        for key, cells in figures(result).items():
            row: list[object] = [dim, key[0]]
            for metric in (*SURVEYS, "response_rate"):
                figure = cells[metric]
                limits = None if metric == "nps" else figure.interval
                row += [figure.value, figure.n, limits.low if limits else None, limits.high if limits else None]
            rows.append(row)
    names = [f"{metric}{end}" for metric in (*SURVEYS, "response_rate") for end in ("", "_n", "_low", "_high")]
    return as_csv(("dimension", "group", *names), rows)


def _score(figure: Figure) -> str:
    return HIDDEN if figure.is_hidden else "-" if figure.value is None else f"{figure.value:.0f}"


def _percent(figure: Figure) -> str:
    return "-" if figure.value is None else f"{figure.value * 100:.1f} %"


def _names_team(query: MetricQuery) -> bool:
    return "team" in query.by or any(item.dim == "team" for item in query.filters)

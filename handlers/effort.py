"""``/ops effort``: what it takes customers, by channel, and where that is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frontline.core.errors import NotFound, NotPermitted, UserError
from frontline.core.reply import Button, Chart, Column, Outcome, Paragraph, Part, Reply, Table
from frontline.metrics.query import Filter, MetricQuery
from handlers.assistant.numbers import HIDDEN, show_period
from handlers.desk import Work
from handlers.friction import FEW_ANSWERS, SILENT, HardCell, Search, hard_cells, least_answers, silent_cells
from handlers.survey_words import (
    NOTHING,
    Figure,
    ViewArguments,
    as_csv,
    describe,
    figures,
    last_months,
    list_quotes,
    read_view,
    run,
    show_n,
    show_share,
    stamp_line,
    title_of,
)

EASE = ("ces", "ces_mean", "ces_hard")
FRICTION = ("recontact_rate", "channel_switch_rate", "transfer_rate", "repeat_information_rate")
EXAMPLE = "/ops effort by topic last quarter"
Found = Mapping[tuple[str, ...], Mapping[str, Figure]]


def show(work: Work, arguments: ViewArguments) -> Reply:
    """Show ease beside the frictions that no survey asks about, and the cells where effort hides."""
    query = read_view(work, arguments.said, metric="ces", about=EXAMPLE)
    dim = query.by[0] if query.by else "channel"
    ease = run(work, EASE, period=query.period, by=(dim,), filters=query.filters)
    found = figures(ease)
    if not any(cells["ces"].n or cells["ces"].is_hidden for cells in found.values()):
        raise NotFound("Nobody rated the effort there.", next_step=f"Ask for another period: {EXAMPLE}")
    others = {metric: _friction(work, metric, query, dim) for metric in FRICTION}
    search = hard_cells(work, end=query.period)
    parts: list[Part] = [*_pictures(work, dim, found, others), Paragraph(found_sentence(work, search))]
    for cell in search.found:
        parts += words_about(work, cell, search)
    parts.append(Paragraph(_silent_sentence(work, query)))
    return Reply(
        _headline(work, dim, found, query),
        context=f"higher is easier · {stamp_line(ease)} · 95 % intervals (Wilson) · small groups are hidden",
        parts=parts,
        buttons=[Button("CSV", "effort.csv", arguments.said)],
        outcome=Outcome.ANSWERED,
        csv=_csv(dim, found, others),
        csv_name="effort.csv",
    )


def send_csv(work: Work, arguments: ViewArguments) -> Reply:
    """Send the table of the view as a file."""
    reply = show(work, arguments)
    return Reply(reply.headline, context=reply.context, csv=reply.csv, csv_name=reply.csv_name, outcome=reply.outcome)


def home_panel(work: Work) -> Sequence[Part]:
    """Return one line for App Home: the easiest and the hardest channel of last month."""
    query = read_view(work, "", metric="ces", about=EXAMPLE)
    found = figures(run(work, EASE, period=query.period, by=("channel",)))
    return [Paragraph(f"*Effort*\n{_headline(work, 'channel', found, query)} (`/ops effort`)")]


def _headline(work: Work, dim: str, found: Found, query: MetricQuery) -> str:
    known = {key[0]: cells["ces"] for key, cells in found.items() if cells["ces"].value is not None}
    when = describe(work, query.period, query.filters)
    if len(known) < 2:
        return f"Effort by {title_of(work, dim).lower()} for {when}."
    order = sorted(known, key=lambda key: known[key].value or 0)
    hard, easy = known[order[0]], known[order[-1]]
    label_of = work.desk.catalog.dimensions[dim].label_of
    said = f"{label_of(order[-1])} {show_share(easy)}, {label_of(order[0])} {show_share(hard)}"
    apart = hard.interval and easy.interval and hard.interval.high < easy.interval.low
    return f"Share of easy for {when}: {said}{'' if apart else ', which is within noise'}."


def _friction(work: Work, metric: str, query: MetricQuery, dim: str) -> Found:
    """Return one friction by the dimension; nothing where it is not loaded or does not take the dimension."""
    try:
        return figures(run(work, (metric,), period=query.period, by=(dim,), filters=query.filters))
    except NotPermitted:
        raise
    except UserError:
        return {}


def _pictures(work: Work, dim: str, found: Found, others: Mapping[str, Found]) -> list[Part]:
    metrics = work.desk.catalog.metrics
    columns = [Column(dim, title_of(work, dim)), Column("ces", "Easy (5-7)"), Column("mean", "Mean of 7")]
    columns += [Column("hard", "Hard (1-3)"), Column("n", "n")]
    columns += [Column(metric, metrics[metric].title) for metric in FRICTION]
    rows = []
    for key in sorted({*found, *(key for other in others.values() for key in other)}, key=lambda key: key[0]):
        if key not in found:
            continue
        cells = found[key]
        mean = HIDDEN if cells["ces_mean"].is_hidden else _score(cells["ces_mean"])
        row: list[str | int | float | None] = [
            work.desk.catalog.dimensions[dim].label_of(key[0]),
            show_share(cells["ces"]),
            mean,
        ]
        row += [_percent(cells["ces_hard"]), show_n(cells["ces"])]
        rows.append([*row, *(_percent(others[metric].get(key, {}).get(metric)) for metric in FRICTION)])
    title = f"Effort by {title_of(work, dim).lower()}"
    parts: list[Part] = []
    known = [(key[0], cells["ces"].value) for key, cells in found.items() if cells["ces"].value is not None]
    if 2 <= len(known) == len(found) <= 20:
        labels = [work.desk.catalog.dimensions[dim].label_of(key)[:20] for key, _ in known]
        values = [value for _, value in known]
        alt = f"from {min(values) * 100:.1f} to {max(values) * 100:.1f} %"
        parts.append(Chart(title, "bar", labels, [("Easy", values)], alt=alt, format="share"))
    return [*parts, Table(title, columns, rows)]


def found_sentence(work: Work, search: Search) -> str:
    """Say which cells are harder than expected; of one whose figures are hidden nothing that gives its mean away."""
    about = f"{show_period(search.period.period)}, {search.answers:,} answers"
    if not search.judged:
        return f"*Hidden friction*: no channel has {least_answers(work)} answers on a topic to judge ({about})."
    lines = [f"*Hidden friction* ({about}; {search.judged} cells of channel and topic)"]
    for cell in search.found:
        where = "neither satisfaction nor handle time shows it" if cell.is_hidden_elsewhere else "other figures show it"
        if cell.gap.n < FEW_ANSWERS:
            where += "; few answers: ask more customers before acting on it"
        lines.append(f"• *{_place(work, cell.gap.place)}*: {_harder(cell)}; {where}")
    if not search.found:
        lines.append("• No cell is harder than its channel and its topic make it, beyond chance.")
    for near, is_shown in search.next if not search.found else ():
        apart = f" ({near.gap:+.1f})" if is_shown else ""
        lines.append(f"• within noise so far: {_place(work, near.place)}{apart}")
    return "\n".join(lines)


def _harder(cell: HardCell) -> str:
    """Return how much harder a cell is; expectation and gap together would give a hidden mean away."""
    gap = cell.gap
    if not cell.is_exact:
        return f"harder than expected from its channel and topic, beyond chance (about {gap.n} answers)"
    apart = f"{gap.gap:+.1f} [{gap.interval.low:+.1f} to {gap.interval.high:+.1f}]"
    return (
        f"mean ease {gap.mean:.1f} where {gap.expected:.1f} was expected from its channel and topic "
        f"({apart}, n {gap.n})"
    )


def _silent_sentence(work: Work, query: MetricQuery) -> str:
    """Say where customers are passed on, change channel or repeat themselves more than place and topic explain."""
    period = last_months(work, 3, end=query.period.end)
    looked = [(metric, ("channel", "topic")) for metric in SILENT]
    looked.append(("repeat_information_rate", ("from_team", "team")))
    lines = []
    for metric, by in looked:
        try:
            gaps = silent_cells(work, metric, by, period)
        except NotPermitted:
            raise
        except UserError:
            continue
        title = work.desk.catalog.metrics[metric].title
        for gap in gaps:
            place = " to ".join(
                work.desk.catalog.dimensions[dim].label_of(word) for dim, word in zip(by, gap.place, strict=True)
            )
            place = place if by[0] == "from_team" else _place(work, gap.place)
            lines.append(
                f"• *{place}*: {title.lower()} {gap.mean * 100:.1f} % where {gap.expected * 100:.1f} % was expected "
                f"(n {gap.n:,})"
            )
    head = f"*Friction that no survey asks about* ({show_period(period.period)})"
    return "\n".join([head, *(lines or ["• Transfers, channel switches and repeats lie where they are expected."])])


def words_about(work: Work, cell: HardCell, search: Search) -> list[Part]:
    """Return anonymized words about the topic of a cell, where enough have rated the effort of that topic."""
    _, topic = cell.gap.place
    about = (Filter(dim="topic", values=(topic,)),)
    rated = figures(run(work, ("ces",), period=search.period, filters=about)).get((), {}).get("ces", NOTHING)
    wanted = f"{topic} was difficult, I had to try again"
    found = list_quotes(work, "ces", rated, search.period, wanted=wanted, topic=topic)
    if not found:
        return []
    return [Paragraph(f"In customers' words, about {topic} on all channels (anonymized; only you see these)"), *found]


def _csv(dim: str, found: Found, others: Mapping[str, Found]) -> str:
    rows = []
    for key, cells in found.items():
        limits = cells["ces"].interval
        row: list[object] = [
            key[0],
            cells["ces"].value,
            limits.low if limits else None,
            limits.high if limits else None,
        ]
        row += [cells["ces_mean"].value, cells["ces_hard"].value, cells["ces"].n]
        for metric in FRICTION:
            figure = others[metric].get(key, {}).get(metric)
            row += [figure.value if figure else None, figure.n if figure else None]
        rows.append(row)
    names = [f"{metric}{end}" for metric in FRICTION for end in ("", "_n")]
    return as_csv((dim, "ces", "ces_low", "ces_high", "ces_mean", "ces_hard", "n", *names), rows)


def _place(work: Work, place: tuple[str, str]) -> str:
    channel, topic = (work.desk.catalog.dimensions[dim] for dim in ("channel", "topic"))
    return f"{channel.label_of(place[0])} / {topic.label_of(place[1])}"


def _score(figure: Figure) -> str:
    return "-" if figure.value is None else f"{figure.value:.2f}"


def _percent(figure: Figure | None) -> str:
    if figure is None or (figure.value is None and not figure.is_hidden):
        return "-"
    return HIDDEN if figure.is_hidden else f"{(figure.value or 0) * 100:.1f} %"

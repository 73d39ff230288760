"""``/ops scorecard``: a primary metric with what measures the same thing and what must not get worse for it."""

from __future__ import annotations

import datetime as dt
import threading
from weakref import WeakKeyDictionary

from frontline.catalog.schema_metrics import Metric
from frontline.catalog.scorecards import Scorecard
from frontline.core.errors import NotFound
from frontline.core.periods import Grain, unit_period
from frontline.core.reply import Button, Column, Item, Outcome, Paragraph, Part, Reply, Table
from frontline.governance import alerts
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import MetricQuery
from frontline.store.models.governance import Alert
from handlers import evidence, goodhart
from handlers.assistant.numbers import show_period
from handlers.desk import Work
from handlers.figures import Asked, Figure, change, read_figures, show
from handlers.goodhart import Told
from handlers.registry import Arguments

GOODHART = "goodhart"
# A judgement reads half a year of contacts: the same data of the same day are judged once.
_JUDGED: WeakKeyDictionary[MetricEngine, dict[tuple[str, dt.date, str], list[Told]]] = WeakKeyDictionary()
_JUDGING = threading.Lock()


class ScorecardArguments(Arguments):
    """The key of a scorecard; "" lists them."""

    value: str = ""


def show_scorecard(work: Work, arguments: ScorecardArguments) -> Reply:
    """Show one scorecard: last month beside the month before, and where it gets better at a price."""
    cards = work.desk.catalog.scorecards
    name = arguments.value.strip().lower()
    if not name:
        return list_scorecards(work)
    card = cards.scorecard(name)
    found, why = _judged(work, name, card)
    period = unit_period(work.today, Grain.MONTH).previous()
    asked = Asked(period, period.previous())
    figures = read_figures(work, card.metrics, asked)
    catalog = work.desk.catalog
    parts: list[Part] = [goodhart.explain(told, catalog) for told in found]
    parts.append(_table(work, card, figures, asked))
    parts += [Paragraph(f"_{line}_") for line in _notes(figures, why)]
    buttons = [
        Button("Make it a commitment", "commitment.about.form", evidence.as_state(_question(told, work)))
        for told in found[:1]
    ]
    details = evidence.as_state(asked.query(card.primary))
    return Reply(
        _headline(card, found, why),
        context=f"{show_period(period)} beside {show_period(asked.compare or period)} · {_how(work, card)}",
        parts=parts,
        buttons=[*buttons, Button("Details", "metric.details", details)],
        outcome=Outcome.ANSWERED,
    )


def list_scorecards(work: Work) -> Reply:
    """List the scorecards with what each aims at and what guards it."""
    catalog = work.desk.catalog
    rows = []
    for key, card in catalog.scorecards.scorecards.items():
        guards = ", ".join(catalog.metrics[name].title.lower() for name in card.guards)
        detail = f"aims at {catalog.metrics[card.primary].title.lower()}, guarded by {guards} · owner: {card.owner}"
        rows.append(Item(card.title, detail=detail, buttons=[Button("Show", "scorecard.show", key)]))
    if not rows:
        return Reply("There are no scorecards yet.", context="They are data: catalog/scorecards.yaml.", exit_code=4)
    return Reply(f"{len(rows)} scorecards.", parts=rows, outcome=Outcome.ANSWERED)


def home_panel(work: Work) -> list[Part]:
    """Return the scorecards for App Home: the primary of each beside the month before, and open alarms."""
    catalog = work.desk.catalog
    period = unit_period(work.today, Grain.MONTH).previous()
    asked = Asked(period, period.previous())
    told = {row.subject.partition("/")[0] for row in _open_alarms(work)}
    lines: list[Part] = []
    for key, card in catalog.scorecards.scorecards.items():
        figure = read_figures(work, (card.primary,), asked)[0]
        if figure.missing:
            continue
        words = [
            f"{figure.metric.title} {show(figure, figure.now, currency='')} ({show_period(period)})",
            change(figure),
        ]
        if key in told:
            words.append("gets better at a price in one group: see the alarm")
        detail = " · ".join(word for word in words if word)
        lines.append(Item(card.title, detail=detail, buttons=[Button("Show", "scorecard.show", key)]))
    return [Paragraph("*Scorecards*"), *lines] if lines else []


def _open_alarms(work: Work) -> list[Alert]:
    rows = alerts.list_alerts(work.session, work.actor, policy=work.desk.policy)
    return [row for row in rows if row.rule == GOODHART]


def _judged(work: Work, name: str, card: Scorecard) -> tuple[list[Told], str]:
    """Return what was found and "", or nothing and why it cannot be judged."""
    desk = work.desk
    key = (desk.facts().generation, work.today, name)
    with _JUDGING:
        known = _JUDGED.setdefault(desk.engine, {})
        if key in known:
            return known[key], ""
    try:
        told = goodhart.judge(desk.engine, desk.catalog, card, seen_at=work.now)
    except NotFound as missing:
        return [], str(missing)
    with _JUDGING:
        for old in [entry for entry in known if entry[:2] != key[:2]]:
            del known[old]
        known[key] = told
    return told, ""


def _question(told: Told, work: Work) -> MetricQuery:
    return goodhart.question_about(told, work.today)


def _headline(card: Scorecard, found: list[Told], why: str) -> str:
    if why:
        return f"{card.title}: it cannot be judged yet."
    if not found:
        return f"{card.title}: nothing gets better at the price of its guardrails."
    return f"{card.title}: {goodhart.groups_in_words(found)} gets better at the price of its guardrails (Goodhart)."


def _how(work: Work, card: Scorecard) -> str:
    group, stratum = (work.desk.catalog.dimensions[key].title.lower() for key in (card.group, card.stratum))
    return f"judged by {group} within {stratum} over {card.goodhart.weeks} weeks, each against all the others"


def _table(work: Work, card: Scorecard, figures: list[Figure], asked: Asked) -> Table:
    currency = work.desk.catalog.calendar.currency
    part = {card.primary: "aim", card.speed: "speed", **dict.fromkeys(card.beside, "beside")}
    rows = [
        [
            part.get(figure.key, "guardrail"),
            figure.metric.title,
            figure.missing or show(figure, figure.now, currency=currency),
            "" if figure.missing else show(figure, figure.then, currency=currency),
            change(figure) if figure.key == card.speed else _verdict(figure),
            figure.definition,
            "" if figure.now.n is None else f"{figure.now.n:,}",
        ]
        for figure in figures
    ]
    before = asked.compare or asked.period
    labels = ("", "Metric", show_period(asked.period), show_period(before), "Difference", "Definition", "n")
    return Table(card.title, [Column(str(at), label) for at, label in enumerate(labels)], rows)


def _verdict(figure: Figure) -> str:
    words = change(figure)
    now, then = figure.now.value, figure.then.value
    if not words or "noise" in words or now is None or then is None or now == then:
        return words
    better = _side(figure.metric, now - then)
    return f"{words}, {better}" if better else words


def _side(metric: Metric, gap: float) -> str:
    if metric.direction == "none":
        return ""
    return "better" if (gap > 0) == (metric.direction == "higher") else "worse"


def _notes(figures: list[Figure], why: str) -> list[str]:
    notes = [f"{figure.metric.title}: {note}" for figure in figures for note in figure.notes]
    return [*([why] if why else []), *dict.fromkeys(notes)][:6]

"""Facts -> the answer card: headline, one context line, chart or table, buttons. No number is made here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontline.core.actor import AudienceKind
from frontline.core.reply import Button, Outcome, Paragraph, Part, Reply
from frontline.metrics.query import Kind, MetricQuery, MetricResult, Stamp
from handlers.assistant.card import Card
from handlers.assistant.numbers import show_instant, show_period
from handlers.assistant.proposal import offer
from handlers.assistant.turn import Turn
from handlers.assistant.unknown import meanings
from handlers.evidence import as_state
from handlers.verified import badge

MOST_READINGS = 4
MOST_BUTTONS = 3


def word(turn: Turn) -> Reply:
    """Return the reply of the turn, with its machine-readable answer."""
    reply = _word(turn)
    if turn.plan.left_aside and reply.outcome is Outcome.ANSWERED:
        said = _said_aside(turn)
        reply = reply.with_(context=f"{reply.context} · {said}" if reply.context else said)
    return reply.with_(answer=_answer(turn, reply))


def _said_aside(turn: Turn) -> str:
    """Name what was taken for talk; where others read, only how many words: one of them may be somebody's name."""
    aside = turn.plan.left_aside
    if turn.work.audience.kind is AudienceKind.PRIVATE:
        return "taken for talk: " + ", ".join(f"“{words}”" for words in aside)
    count = sum(len(words.split(" ")) for words in aside)
    return f"{count} word{'s' if count != 1 else ''} taken for talk"


def _word(turn: Turn) -> Reply:
    plan = turn.plan
    if turn.proposal is not None:
        return offer(turn.proposal, said=plan.message)
    if plan.outcome is Outcome.CLARIFY:
        return _ask_back(turn)
    if plan.outcome is Outcome.DENIED and not turn.results:
        return Reply(plan.message or "That is personal, and I do not show it.", outcome=Outcome.DENIED, exit_code=3)
    if turn.reply is not None:
        return turn.reply
    if turn.results:
        return _show_result(turn, turn.results[0])
    return _abstain(turn)


def _show_result(turn: Turn, result: MetricResult) -> Reply:
    query = turn.plan.query
    assert query is not None
    card = Card(turn.work.desk.catalog, result)
    parts: list[Part] = [Paragraph(note) for note in turn.notes]
    parts += card.pictures()
    return Reply(
        headline=card.headline(),
        context=_with_badge(turn, query, card.context(kept=turn.plan.kept)),
        parts=parts,
        buttons=_buttons(query, result),
        outcome=Outcome.ANSWERED,
        warnings=result.warnings,
        csv=card.csv() if len(result.rows) > 1 else None,
        csv_name=f"{query.metrics[0]}.csv",
    )


def may_investigate(turn: Turn) -> bool:
    """Whether a model may look into the one figure of this answer."""
    model = turn.work.desk.model()
    return model is not None and model.may("investigate") and len(turn.results[0].stamps) == 1


def _with_badge(turn: Turn, query: MetricQuery, context: str) -> str:
    said = badge(turn.work, query)
    return f"{context} · {said}" if said else context


def _buttons(query: MetricQuery, result: MetricResult) -> list[Button]:
    """Return three buttons at most; everything else stands under Details."""
    value = as_state(query)
    buttons = []
    if not query.by:
        buttons.append(Button("Break down", "metric.break_down", value))
    if query.kind is not Kind.WHY and len(result.stamps) == 1:
        buttons.append(Button("Why?", "metric.why", value))
    return [*buttons, Button("Details", "metric.details", value)]


def _ask_back(turn: Turn) -> Reply:
    plan = turn.plan
    buttons = [
        Button(reading.label[:75], "metric.show", as_state(reading.query)) for reading in plan.readings[:MOST_READINGS]
    ]
    lines = "\n".join(f"• {reading.label}" for reading in plan.readings[:MOST_READINGS])
    return Reply(
        plan.message or "Which of these do you mean?",
        parts=[Paragraph(lines)] if lines else [],
        buttons=buttons,
        outcome=Outcome.CLARIFY,
    )


def _abstain(turn: Turn) -> Reply:
    plan = turn.plan
    message = plan.message
    if not message and plan.not_understood:
        words = ", ".join(f'"{item}"' for item in plan.not_understood)
        message = f"I did not understand {words}, so I will not guess."
    context = ""
    if plan.nearest and not plan.message:
        context = "The nearest I can answer: " + ", ".join(plan.nearest) + "."
    return Reply(
        message or "I have no answer to that.",
        context=context or "Ask for a metric, for examples, or who owns something. /ops help shows how.",
        buttons=[*meanings(turn), Button("Help", "help.show")][:MOST_BUTTONS],
        outcome=Outcome.ABSTAINED,
    )


def _answer(turn: Turn, reply: Reply) -> Mapping[str, Any]:
    plan = turn.plan
    answer: dict[str, Any] = {
        "outcome": reply.outcome.value,
        "intent": plan.intent,
        "query": plan.query.as_json() if plan.query else None,
        "readings": [reading.query.as_json() for reading in plan.readings],
        "taken_for_talk": list(plan.left_aside),
        "columns": [],
        "rows": [],
        "suppressed": [],
        "compare_period": None,
        "warnings": list(reply.warnings),
    }
    if turn.results:
        result = turn.results[0]
        answer |= {
            "columns": list(result.columns),
            "rows": [list(row) for row in result.rows],
            "suppressed": [list(cell) for cell in result.suppressed],
        }
        if result.compare_period is not None:
            period = result.compare_period
            answer["compare_period"] = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return {**answer, **(reply.answer or {})}


def describe_stamp(stamp: Stamp, *, zone_name: str) -> list[str]:
    """Return the lines under Details: definition, window, n, coverage, as-of."""
    from zoneinfo import ZoneInfo

    lines = [
        f"definition {stamp.metric}@{stamp.version} ({stamp.definition_hash[:8]}): {stamp.label}",
        f"window {show_period(stamp.window)} in {stamp.zone}, n {'hidden' if stamp.n is None else f'{stamp.n:,}'}",
    ]
    if stamp.as_of is not None:
        lines.append(f"data as of {show_instant(stamp.as_of, ZoneInfo(zone_name))}, generation {stamp.generation}")
    lines += [f"{name}: {share * 100:.1f} %" for name, share in stamp.coverage.items()]
    return [*lines, *stamp.notes]

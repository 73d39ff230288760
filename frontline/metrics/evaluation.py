"""Scores the question parser on files of questions with gold answers: right, wrong, asked back, abstained."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from frontline.catalog.loader import load_catalog
from frontline.catalog.schema_models import fold
from frontline.core.periods import Grain, Period, floor_date, step_date
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.bearing import open_head
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions.parsed import Parsed
from frontline.metrics.questions.parser import QuestionParser

# The writers froze their clock here.
FROZEN = dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZoneInfo("Europe/Amsterdam"))


@dataclass(frozen=True)
class Line:
    """One judged question.

    ``verdict``: right | wrong | asked back | abstained. ``offered``: where a question with a right query was asked
    back, whether one of the first two buttons is right; None otherwise.
    """

    id: str
    text: str
    verdict: str
    got: str
    took_ms: float
    offered: bool | None = None


@dataclass
class Score:
    """The lines of one file."""

    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """Lines per verdict."""
        return Counter(line.verdict for line in self.lines)

    def share(self, verdict: str) -> float:
        """Share of lines with ``verdict``, 0-1."""
        return self.counts[verdict] / len(self.lines) if self.lines else 0.0

    @property
    def top_two(self) -> float | None:
        """Share, 0-1, of the questions asked back whose right reading is one of the first two; None without any."""
        offered = [line.offered for line in self.lines if line.offered is not None]
        return sum(offered) / len(offered) if offered else None

    @property
    def p95_ms(self) -> float:
        """95th percentile of the time of a parse in milliseconds."""
        taken = sorted(line.took_ms for line in self.lines)
        return taken[min(len(taken) - 1, int(0.95 * len(taken)))] if taken else 0.0


def evaluate(path: Path, parser: QuestionParser, *, now: dt.datetime = FROZEN) -> Score:
    """Judge every line of a JSONL file; its form is told by its fields (turns, gold_intent, expr, outcome)."""
    score = Score(path.name)
    for row in _rows(path):
        if "turns" in row:
            previous: MetricQuery | None = None
            for number, turn in enumerate(row["turns"], start=1):
                line, parsed = _judge({**turn, "id": f"{row['id']}.{number}"}, parser, now=now, previous=previous)
                score.lines.append(line)
                previous = parsed.query if parsed.query is not None else previous
        else:
            score.lines.append(_judge(row, parser, now=now, previous=None)[0])
    return score


def render(scores: Sequence[Score]) -> str:
    """Return the table of ``scores``."""
    head = f"{'set':34}{'n':>5}{'right':>8}{'wrong':>8}{'asked':>8}{'abst.':>8}{'top 2':>8}{'p95 ms':>8}"
    rows = [
        f"{score.name:34}{len(score.lines):>5}"
        + "".join(f"{score.share(verdict):>8.1%}" for verdict in ("right", "wrong", "asked back", "abstained"))
        + (f"{score.top_two:>8.1%}" if score.top_two is not None else f"{'-':>8}")
        + f"{score.p95_ms:>8.1f}"
        for score in scores
    ]
    return "\n".join([head, *rows]) + "\n"


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _judge(
    row: Mapping[str, Any], parser: QuestionParser, *, now: dt.datetime, previous: MetricQuery | None
) -> tuple[Line, Parsed]:
    began = perf_counter()
    parsed = parser.parse(QuestionText(row["text"]), now=now, previous=previous)
    took = 1000 * (perf_counter() - began)
    verdict = _verdict(row, parsed, now.date())
    got = json.dumps(parsed.query.as_json()) if parsed.query else f"{parsed.outcome} {parsed.intent}: {parsed.message}"
    offered = _is_offered(row, parsed, now.date()) if verdict == "asked back" else None
    return Line(row["id"], row["text"], verdict, got, took, offered), parsed


def _verdict(row: Mapping[str, Any], parsed: Parsed, today: dt.date) -> str:
    if "gold_intent" in row:
        return "right" if parsed.intent == row["gold_intent"] else "wrong"
    gold = row["gold"]
    if "outcome" in gold:
        return _verdict_of_outcome(row, parsed)
    if parsed.outcome is Outcome.CLARIFY:
        return "asked back"
    if parsed.outcome is not Outcome.ANSWERED or parsed.query is None:
        return "abstained"
    return "right" if _is_right(row, parsed.query, today) else "wrong"


def _is_offered(row: Mapping[str, Any], parsed: Parsed, today: dt.date) -> bool | None:
    if "outcome" in row["gold"]:
        return None
    return any(_is_right(row, reading.query, today) for reading in parsed.readings[:2])


def _is_right(row: Mapping[str, Any], query: MetricQuery, today: dt.date) -> bool:
    """Whether ``query`` is the gold or an accepted one; a time line is right by its period and grain alone."""
    gold = row["gold"]
    accepted = [gold, *row.get("accept", ())]
    if "kind" in gold:
        return any(_same(query, other, today) for other in accepted)
    period = query.period
    mine = (period.start.isoformat(), period.end.isoformat())
    grains = {other.get("grain") for other in accepted if (other["start"], other["end"]) == mine}
    return period.grain in grains


def _verdict_of_outcome(row: Mapping[str, Any], parsed: Parsed) -> str:
    gold = row["gold"]
    allowed = {gold["outcome"], *row.get("accept_outcomes", ())}
    offered = {key for reading in parsed.readings for key in reading.query.metrics}
    if parsed.outcome in allowed:
        if parsed.outcome is Outcome.CLARIFY and not set(gold.get("must_offer", ())) <= offered:
            return "asked back"
        return "right"
    if parsed.outcome is Outcome.ANSWERED:
        return "wrong"
    return "asked back" if parsed.outcome is Outcome.CLARIFY else "abstained"


def _same(query: MetricQuery, gold: Mapping[str, Any], today: dt.date) -> bool:
    mine = query.as_json()
    if mine["kind"] != gold["kind"] or set(mine["metrics"]) != set(gold["metrics"]):
        return False
    if gold["kind"] != "why" and set(mine["by"]) != set(gold["by"]):
        return False
    if _filters(mine["filters"]) != _filters(gold["filters"]):
        return False
    spans = [(side["period"]["start"], side["period"]["end"]) for side in (mine, gold)]
    if spans[0] != spans[1] or _compared(mine, today) != _compared(gold, today):
        return False
    if gold["kind"] not in ("why", "target") and mine["period"]["grain"] != gold["period"].get("grain"):
        return False
    return gold["kind"] != "ranking" or (mine["order"], mine["limit"]) == (gold["order"], gold["limit"])


def _filters(filters: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, frozenset[str]]]:
    return {(item["dim"], item["op"], frozenset(fold(value) for value in item["values"])) for item in filters}


def _compared(query: Mapping[str, Any], today: dt.date) -> tuple[str, str] | None:
    compare = query.get("compare")
    if compare is None:
        return None
    if isinstance(compare, Mapping):
        return compare["start"], compare["end"]
    start, end = (dt.date.fromisoformat(query["period"][side]) for side in ("start", "end"))
    period = _whole(Period(start, end), today)
    if compare == "previous" and period.days == 1 and query["kind"] == "why":
        other = period.shifted_days(-7)
    else:
        other = period.previous() if compare == "previous" else period.last_year()
    return other.start.isoformat(), other.end.isoformat()


def _whole(period: Period, today: dt.date) -> Period:
    """Return the whole span of an unfinished unit, which ``compare`` refers to."""
    if period.end == today + dt.timedelta(days=1):
        for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
            if period.days > 1 and floor_date(today, grain) == period.start:
                return Period(period.start, step_date(period.start, grain, 1))
    return period


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table for the named files; with ``--show`` also every line that is not right."""
    from frontline.encoder import default_folder, open_encoder

    options = argparse.ArgumentParser(prog="python -m frontline.metrics.evaluation", description=__doc__)
    options.add_argument("files", nargs="+", type=Path, help="JSONL files of questions with gold answers")
    options.add_argument(
        "--models",
        type=Path,
        default=default_folder(),
        help="folder of the exported text model, made there when it is absent (default: var/models)",
    )
    options.add_argument("--rules-alone", action="store_true", help="leave the trained judge of unknown words out")
    options.add_argument("--show", action="store_true", help="list the lines that were not right")
    chosen = options.parse_args(arguments)
    encoder = open_encoder(chosen.models)
    bearing = None if chosen.rules_alone else open_head(lambda: encoder)
    parser = QuestionParser(load_catalog(), bearing=bearing)
    scores = [evaluate(path, parser) for path in chosen.files]
    if chosen.show:
        for score in scores:
            for line in score.lines:
                if line.verdict != "right":
                    sys.stdout.write(f"{line.verdict:10} {line.id:8} {line.text}\n             {line.got}\n")
    sys.stdout.write(render(scores))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

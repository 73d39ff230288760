"""Questions in many voices with gold answers written by hand: the wrong rate counts first."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.metrics.evaluation import evaluate, render
from frontline.metrics.questions.parser import QuestionParser

HERE = Path(__file__).parent
PUBLIC = Path(__file__).parents[3] / "shared" / "data" / "questions"


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("voices_floor.jsonl", 0.97, 0.01),
        ("voices_mixed.jsonl", 0.97, 0.01),
        ("voices_second.jsonl", 0.95, 0.02),
        ("voices_late.jsonl", 0.95, 0.02),
        ("voices_shift.jsonl", 0.95, 0.01),
        ("voices_visitors.jsonl", 0.95, 0.01),
        ("voices_words.jsonl", 0.97, 0.01),
        # Eight personas, written by strangers; the parser has learned from both sets since.
        ("personas_q.jsonl", 0.97, 0.01),
        ("personas_r.jsonl", 0.97, 0.01),
        ("personas_s.jsonl", 0.97, 0.01),
        ("personas_t.jsonl", 0.97, 0.01),
        # A word in each of these narrows a figure as nothing in the catalog does: no answer is the right one.
        ("near_miss_q.jsonl", 0.97, 0.01),
        ("near_miss_r.jsonl", 0.97, 0.01),
        ("near_miss_s.jsonl", 0.97, 0.01),
        ("near_miss_t.jsonl", 0.97, 0.01),
        # The parser had not seen these when they came; since then it has learned from them.
        ("unseen_metrics.jsonl", 0.95, 0.01),
        # Kept for measuring: nobody who writes the parser opens these or learns from them.
        ("kept_metrics.jsonl", 0.95, 0.01),
        ("kept_times.jsonl", 0.95, 0.01),
        ("kept_threads.jsonl", 0.97, 0.01),
        ("kept_not_answerable.jsonl", 0.92, 0.02),
        ("kept_intents.jsonl", 0.97, 0.03),
        ("personas_u.jsonl", 0.94, 0.01),
        ("near_miss_u.jsonl", 0.96, 0.04),
        # The sixth stranger: a handful of faults were mended since, the rest is as it came.
        ("personas_v.jsonl", 0.91, 0.015),
        ("near_miss_v.jsonl", 0.96, 0.03),
        ("times_v.jsonl", 0.96, 0.01),
        ("threads_v.jsonl", 0.97, 0.01),
        # The seventh stranger: how units and months are put was learned since, most of the stories were not.
        ("personas_w.jsonl", 0.86, 0.01),
        ("near_miss_w.jsonl", 0.97, 0.015),
        ("times_w.jsonl", 0.97, 0.01),
        ("threads_w.jsonl", 0.97, 0.01),
        # The eighth and ninth: a few turns of phrase were learned since.
        ("personas_x.jsonl", 0.88, 0.02),
        ("near_miss_x.jsonl", 0.96, 0.03),
        ("times_x.jsonl", 0.95, 0.02),
        ("threads_x.jsonl", 0.97, 0.01),
        ("personas_y.jsonl", 0.85, 0.015),
        # The tenth and eleventh: about twenty faults were mended since.
        ("personas_z.jsonl", 0.82, 0.02),
        ("near_miss_z.jsonl", 0.95, 0.03),
        ("personas_aa.jsonl", 0.95, 0.01),
        ("near_miss_aa.jsonl", 0.95, 0.03),
        ("threads_aa.jsonl", 0.97, 0.01),
        # The twelfth came to 96.9 right and none wrong before anything was learned from it.
        ("personas_bb.jsonl", 0.95, 0.01),
        ("near_miss_bb.jsonl", 0.97, 0.02),
        ("times_bb.jsonl", 0.97, 0.01),
        # Two in the dev file's own voices: 96.7 right each, 0.8 and 0 wrong, before anything was learned from them.
        ("personas_cc.jsonl", 0.97, 0.01),
        ("personas_dd.jsonl", 0.97, 0.01),
        ("not_answerable_cc.jsonl", 0.93, 0.02),
        ("times_cc.jsonl", 0.97, 0.01),
        ("threads_cc.jsonl", 0.97, 0.01),
        ("intents_cc.jsonl", 0.96, 0.03),
        # A third in the same voices, after learning from those: 99.2 right and 0.8 wrong when it came.
        ("personas_ee.jsonl", 0.97, 0.01),
        ("not_answerable_ee.jsonl", 0.8, 0.05),
        ("times_ee.jsonl", 0.97, 0.01),
        # A chatty stranger; the parser has learned from some of these since: what it can do, not yet what it should.
        ("stranger_metrics.jsonl", 0.78, 0.01),
        ("stranger_intents.jsonl", 0.97, 0.03),
        ("stranger_threads.jsonl", 0.92, 0.02),
        ("stranger_times.jsonl", 0.97, 0.01),
        ("stranger_out_of_scope.jsonl", 0.97, 0.03),
        # The fourth stranger; the parser has learned from these since.
        ("times_t.jsonl", 0.97, 0.01),
        ("threads_t.jsonl", 0.95, 0.01),
        ("intents_t.jsonl", 0.97, 0.02),
        ("not_answerable_t.jsonl", 0.92, 0.02),
        ("unseen_times.jsonl", 0.98, 0.01),
        ("unseen_threads.jsonl", 0.99, 0.01),
        ("unseen_out_of_scope.jsonl", 0.98, 0.01),
        ("intents_own.jsonl", 0.96, 0.04),
        ("intents_visitors.jsonl", 0.98, 0.02),
        ("out_of_scope.jsonl", 0.98, 0.02),
        ("times.jsonl", 0.97, 0.01),
        ("threads.jsonl", 0.97, 0.01),
    ],
)
def test_own_questions_are_read_as_their_writers_meant(
    parser: QuestionParser, name: str, right: float, wrong: float
) -> None:
    score = evaluate(HERE / name, parser)
    faults = [f"{line.verdict}: {line.text} -> {line.got}" for line in score.lines if line.verdict != "right"]
    assert score.share("wrong") <= wrong, faults
    assert score.share("right") >= right, faults


@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["metric_questions_dev", "not_answerable_dev", "time_dev", "threads_dev", "intents_dev"]
)
def test_public_questions_are_read_as_their_writers_meant(parser: QuestionParser, name: str) -> None:
    path = PUBLIC / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the public data folder is not beside the repository")
    score = evaluate(path, parser)
    assert score.share("wrong") <= 0.01, render([score])
    assert score.share("right") >= 0.95, render([score])


def test_a_parse_takes_milliseconds(parser: QuestionParser) -> None:
    evaluate(HERE / "voices_mixed.jsonl", parser)
    score = evaluate(HERE / "voices_floor.jsonl", parser)
    # The budget is 30 ms; a busy machine gets four times that before the test calls it a fault.
    assert score.p95_ms < 120

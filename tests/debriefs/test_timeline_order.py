"""A timeline is told in the order in which it happened, also over midnight and over days."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from frontline.core.text import Provenance, seal
from frontline.governance.debriefs import Step
from handlers.debrief_text import in_order

ZONE = ZoneInfo("Europe/Amsterdam")


def told(*steps: tuple[str, str]) -> list[str]:
    made = [Step(when, seal(words, Provenance("index@1"))) for when, words in steps]
    return [f"{when} {words.show()}" for when, words in in_order(made, ZONE)]


def test_a_night_goes_on_after_midnight() -> None:
    said = told(("01:20", "back"), ("23:40", "first alarm"), ("00:10", "call to the supplier"))
    assert said == ["23:40 first alarm", "00:10 call to the supplier", "01:20 back"]


def test_steps_of_one_day_stay_as_they_are() -> None:
    assert told(("06:40", "alarm"), ("06:10", "window closed")) == ["06:10 window closed", "06:40 alarm"]
    assert told(("06:40", "alarm")) == ["06:40 alarm"]


def test_the_course_of_a_case_over_days_says_the_days() -> None:
    said = told(
        ("2026-01-06T14:39:00+00:00", "opened"),
        ("2026-01-15T13:09:00+00:00", "reopened"),
        ("2026-01-17T11:22:00+00:00", "closed"),
    )
    assert said == ["6 Jan 15:39 opened", "15 Jan 14:09 reopened", "17 Jan 12:22 closed"]


@pytest.mark.parametrize(
    ("clock", "place"), [("06:35", 0), ("06:50", 1), ("16:00", 2)],
)  # fmt: skip
def test_a_clock_of_the_day_stands_between_the_instants_of_the_log(clock: str, place: int) -> None:
    known = [("2026-06-16T04:40:00+00:00", "began"), ("2026-06-16T13:40:00+00:00", "over")]
    assert told(*known, (clock, "said"))[place] == f"{clock} said"


@pytest.mark.parametrize(
    ("clock", "place"), [("23:30", 0), ("23:59", 1), ("00:30", 1), ("01:50", 2)],
)  # fmt: skip
def test_a_clock_of_the_night_is_put_on_the_nearest_day(clock: str, place: int) -> None:
    known = [("2026-06-15T21:40:00+00:00", "began"), ("2026-06-15T23:20:00+00:00", "over")]
    assert told(*known, (clock, "said"))[place] == f"{clock} said"


def test_what_carries_no_time_comes_last() -> None:
    assert told(("later", "said"), ("06:40", "alarm")) == ["06:40 alarm", "later said"]

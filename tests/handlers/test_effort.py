"""What is said of cells in which effort hides: nothing that gives a hidden mean away."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import cast

from frontline.analysis.additive import CellGap
from frontline.analysis.intervals import Interval
from frontline.catalog.loader import load_catalog
from frontline.metrics.query import PeriodSpec
from handlers.desk import Work
from handlers.effort import found_sentence
from handlers.friction import HardCell, Search
from handlers.survey_words import NOTHING

PERIOD = PeriodSpec(start=dt.date(2026, 1, 1), end=dt.date(2026, 6, 1))
GAP = CellGap(("phone", "billing"), 15, 3.4, 4.9, Interval(-2.2, -0.8), 0.001, True)


def said(search: Search) -> list[str]:
    work = cast(Work, SimpleNamespace(desk=SimpleNamespace(catalog=load_catalog())))
    return found_sentence(work, search).splitlines()[1:]


def test_a_cell_that_is_shown_is_named_with_its_figures() -> None:
    (line,) = said(Search(PERIOD, 900, 30, (HardCell(GAP, True, NOTHING, True),), ()))
    assert "mean ease 3.4 where 4.9 was expected" in line
    assert "-1.5 [-2.2 to -0.8], n 15" in line


def test_a_cell_that_is_hidden_is_named_without_a_figure_that_gives_its_mean_away() -> None:
    (line,) = said(Search(PERIOD, 900, 30, (HardCell(GAP, False, NOTHING, True),), ()))
    assert "harder than expected" in line
    assert re.findall(r"\d+\.\d", line) == []


def test_what_lies_within_noise_has_its_gap_only_where_it_is_shown() -> None:
    lines = said(Search(PERIOD, 900, 30, (), ((GAP, True), (GAP, False))))
    assert [re.findall(r"[-+]\d+\.\d", line) for line in lines] == [[], ["-1.5"], []]

"""Where effort hides and what a case costs."""

from __future__ import annotations

import re

from tests.scenarios.conftest import Company
from tests.scenarios.test_voice import ops


def test_effort_hides_where_two_teams_let_customers_repeat_themselves(shared_company: Company) -> None:
    said = str(ops(shared_company.house, "sam", "effort last month").parts)
    assert "Effort by channel" in said
    assert "Hidden friction" in said
    # Planted in this company: handoffs from Coral to Delta; and no other pair.
    repeats = re.findall(r"(\w+) to (\w+)\*?: repeat-information rate", said)
    assert [(one.lower(), other.lower()) for one, other in repeats] == [("coral", "delta")]


def test_the_cost_of_the_segments_adds_up_to_the_ledger_and_equity_is_quiet(shared_company: Company) -> None:
    house = shared_company.house
    said = ops(house, "lena", "cost by segment last month")
    assert said.csv is not None
    rows = [line.split(",") for line in said.csv.splitlines()[1:]]
    spent = round(sum(float(row[2]) for row in rows), 2)
    booked = re.search(r"booked in the ledger EUR ([\d,.]+):", str(said.parts))
    assert booked is not None
    assert abs(spent - float(booked[1].replace(",", ""))) < 0.05
    assert "they agree to the cent" in str(said.parts)
    # The expected amounts are the spent ones, shared out by the mix.
    expected = sum(float(row[1]) * float(row[4]) for row in rows)
    assert abs(expected - spent) < 1
    # No region is planted to be under-served.
    equity = ops(house, "lena", "cost equity by region last quarter")
    assert equity.headline.startswith("No region")
    assert "Under-served" not in str(equity)


def test_part_of_a_month_and_what_is_no_customer_are_refused_with_a_next_step(shared_company: Company) -> None:
    house = shared_company.house
    week = ops(house, "lena", "cost by segment last week")
    assert "kept by month" in week.headline
    assert "/ops cost" in week.context
    assert "compares customers" in ops(house, "lena", "cost equity by team").headline
    assert ops(house, "anna", "cost").headline.startswith("This is for")
    assert ops(house, "tomas", "effort").headline.startswith("This is for")

"""The two-metric rule on weeks whose truth is known: what is told, since when, and what is left alone."""

from __future__ import annotations

import random

import pytest

from frontline.analysis.goodhart import GoodhartSettings, Measured, Weeks, find_goodhart

TEAMS, TOPICS, WEEKS, ONSET = ("Aurora", "Breeze", "Coral"), ("billing", "router"), 30, 18
SETTINGS = GoodhartSettings()


def shares(key: str, better: int, rate: float, *, seed: int, moved: float = 0.0, everywhere: float = 0.0) -> Measured:
    """Draw weekly counts; ``moved`` is added in Breeze from the onset on, ``everywhere`` in all teams."""
    dice = random.Random(f"{key}{seed}")
    cells: dict[str, dict[str, Weeks]] = {}
    for team in TEAMS:
        for topic in TOPICS:
            row = []
            for week in range(WEEKS):
                p = rate + (everywhere if week >= ONSET else 0) + (moved if week >= ONSET and team == "Breeze" else 0)
                row.append((float(sum(dice.random() < p for _ in range(120))), 120.0))
            cells.setdefault(team, {})[topic] = row
    return Measured(key, better, cells)


def minutes(*, seed: int, factor: float) -> Measured:
    dice = random.Random(seed)
    cells: dict[str, dict[str, Weeks]] = {}
    for team in TEAMS:
        fast = factor if team == "Breeze" else 1.0
        cells[team] = {
            "all": [
                (600.0 * dice.gauss(1, 0.02) * (fast if week >= ONSET else 1) * 100, 100.0) for week in range(WEEKS)
            ]
        }
    return Measured("aht", -1, cells)


@pytest.mark.parametrize("seed", range(3))
def test_a_primary_that_rises_while_its_guardrail_falls_is_told_in_its_group_and_week(seed: int) -> None:
    primary = shares("fcr", 1, 0.6, seed=seed, moved=0.08)
    guard = shares("csat", 1, 0.7, seed=seed, moved=-0.08)
    found = find_goodhart([primary], [guard], None, SETTINGS)
    assert [item.group for item in found] == ["Breeze"]
    assert abs(found[0].onset - ONSET) <= 2
    assert found[0].primary.shift > 0.04
    assert found[0].guards[0].shift < -0.04


@pytest.mark.parametrize(
    ("primary", "guard"),
    [(0.0, 0.0), (0.08, 0.0), (0.0, -0.08), (0.08, 0.08), (-0.08, -0.08)],
    ids=["nothing", "only better", "only worse", "both better", "both worse"],
)
def test_one_move_alone_or_two_in_the_same_direction_are_no_goodhart(primary: float, guard: float) -> None:
    for seed in range(3):
        up, down = shares("fcr", 1, 0.6, seed=seed, moved=primary), shares("csat", 1, 0.7, seed=seed, moved=guard)
        assert not find_goodhart([up], [down], minutes(seed=seed, factor=1.0), SETTINGS)


def test_what_moves_everybody_is_nobodys_doing() -> None:
    up = shares("fcr", 1, 0.6, seed=1, everywhere=0.08)
    down = shares("csat", 1, 0.7, seed=1, everywhere=-0.08)
    assert not find_goodhart([up], [down], None, SETTINGS)


def test_where_handle_times_fell_steeply_smaller_moves_are_told_with_the_sign() -> None:
    up, down = shares("fcr", 1, 0.6, seed=3, moved=0.05), shares("csat", 1, 0.7, seed=3, moved=-0.05)
    assert not find_goodhart([up], [down], None, GoodhartSettings(sigmas=6, joint=9))
    found = find_goodhart([up], [down], minutes(seed=3, factor=0.8), GoodhartSettings(sigmas=6, joint=9))
    assert [(item.group, item.onset) for item in found] == [("Breeze", ONSET)]
    assert found[0].fall is not None
    assert found[0].fall.shift == pytest.approx(-0.2, abs=0.02)


def test_a_faster_team_that_costs_nothing_is_no_goodhart() -> None:
    same = shares("csat", 1, 0.7, seed=5)
    up = shares("fcr", 1, 0.6, seed=5, moved=0.05)
    assert not find_goodhart([up], [same], minutes(seed=5, factor=0.8), SETTINGS)


def test_too_few_weeks_or_cases_are_not_judged() -> None:
    def short(measured: Measured, keep: int, cut: float) -> Measured:
        cells = {
            team: {topic: [(num * cut, den * cut) for num, den in row[-keep:]] for topic, row in topics.items()}
            for team, topics in measured.cells.items()
        }
        return Measured(measured.key, measured.better, cells)

    up, down = shares("fcr", 1, 0.6, seed=1, moved=0.2), shares("csat", 1, 0.7, seed=1, moved=-0.2)
    assert find_goodhart([up], [down], None, SETTINGS)
    assert not find_goodhart([short(up, 9, 1)], [short(down, 9, 1)], None, SETTINGS)
    assert not find_goodhart([short(up, 30, 0.01)], [short(down, 30, 0.01)], None, SETTINGS)

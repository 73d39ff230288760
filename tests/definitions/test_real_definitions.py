"""The published sensitivity of two metrics to their definition, on the real call log of 1999, by ``metric diff``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.app.main import run

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = Path(__file__).parents[3] / "shared" / "data" / "anonbank"
    if not folder.is_dir():
        pytest.skip("needs the public data folder beside the repository (../shared/data/anonbank)")
    home = tmp_path_factory.mktemp("bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTLINE_HOME", str(home))
        patch.setenv("FRONTLINE_ADMINS", "ada")
        run(["ingest", str(folder), "--preset", "anonymous-bank"])
        yield home


def shares(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[float, float]:
    capsys.readouterr()
    assert run(["metric", "diff", *words, "--json"]) == 0
    total = json.loads(capsys.readouterr().out.splitlines()[-1])["effect"]["total"]
    return round(total["old"] * 100, 1), round(total["new"] * 100, 1)


def test_service_level_under_three_definitions(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    year = ("--from", "1999-01-01", "--to", "1999-12-31")
    assert shares(capsys, "service_level", "service_level_without_short_abandons", *year) == (47.4, 49.5)
    assert shares(capsys, "service_level", "service_level_of_answered", *year) == (47.4, 55.6)


@pytest.mark.parametrize(("window", "rate"), [("1", 43.8), ("3", 55.7), ("14", 74.8), ("30", 84.2)])
def test_recontact_within_other_windows(
    window: str, rate: float, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spring = ("--from", "1999-01-01", "--to", "1999-07-31")
    assert shares(capsys, "recontact_rate", "--window", window, *spring) == (66.4, rate)


def test_the_last_ninety_days_are_those_that_are_loaded(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["metric", "diff", "fcr_rate", "--window", "14", "--json"]) == 0
    effect = json.loads(capsys.readouterr().out.splitlines()[-1])["effect"]
    assert effect["end"] == "1999-11-01"
    assert effect["total"]["new"] < effect["total"]["old"]

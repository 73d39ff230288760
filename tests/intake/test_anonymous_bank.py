"""The real call log of 1999: nothing lost, faults by code, and the published figures to the last call."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.store.intake import LoadReport
from tests.intake.conftest import Home

pytestmark = pytest.mark.data

RECONTACT = """
WITH contacts AS (
  SELECT ts, count(*) OVER (
    PARTITION BY customer_key ORDER BY ts RANGE BETWEEN CURRENT ROW AND INTERVAL 7 DAYS FOLLOWING
  ) > 1 AS is_followed
  FROM interactions WHERE outcome IN ('answered', 'transferred') AND customer_key IS NOT NULL
), july AS (SELECT timezone('UTC', timezone('Asia/Jerusalem', TIMESTAMP '1999-08-01')) AS ends)
SELECT count(*), count(*) FILTER (is_followed) FROM contacts, july WHERE ts < ends{mature}
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, LoadReport, Path]]:
    folder = Path(__file__).parents[3] / "shared" / "data" / "anonbank"
    if not folder.is_dir():
        pytest.skip("needs the public data folder beside the repository (../shared/data/anonbank)")
    home = Home(tmp_path_factory.mktemp("bank"))
    yield home, home.load(folder, preset="anonymous-bank"), folder
    home.facts.close()
    home.store.close()


def test_all_calls_are_read_and_every_fault_is_reported_by_code(loaded: tuple[Home, LoadReport, Path]) -> None:
    _, report, _ = loaded
    parts = {part: report.total(part) for part in ("read", "ok", "fixed", "skipped", "quarantined")}
    assert parts == {"read": 318_286, "ok": 317_987, "fixed": 291, "skipped": 0, "quarantined": 8}
    assert report.codes == {"V05": 291, "V07": 5, "V11": 8}
    july = next(file for file in report.files if file.file == "july.txt.gz")
    assert next(f for f in july.findings if f.code == "V11").first_rows[:2] == (9_144, 9_238)
    assert report.exit_code == 1


def test_august_splits_the_loaded_days(loaded: tuple[Home, LoadReport, Path]) -> None:
    home, _, _ = loaded
    assert [(str(span.start), str(span.end)) for span in home.facts.load_spans("interactions")] == [
        ("1999-01-01", "1999-08-01"),
        ("1999-09-01", "1999-11-01"),
    ]


def test_recontact_within_seven_days_is_the_published_rate(loaded: tuple[Home, LoadReport, Path]) -> None:
    home, _, _ = loaded
    [(n, followed)] = home.rows(RECONTACT.format(mature=" - INTERVAL 7 DAYS"))
    assert (n, f"{followed / n:.1%}") == (100_724, "66.4%")
    [(n, followed)] = home.rows(RECONTACT.format(mature=""))
    assert (n, f"{followed / n:.1%}") == (104_640, "66.1%")


def test_service_level_under_three_definitions(loaded: tuple[Home, LoadReport, Path]) -> None:
    home, _, _ = loaded
    quick = "count(*) FILTER (outcome = 'answered' AND wait_s <= 20)"
    [shares] = home.rows(
        f"SELECT {quick} / count(*) FILTER (outcome = 'answered' OR (outcome = 'abandoned' AND queued)), "
        f"{quick} / count(*) FILTER (outcome = 'answered' OR (outcome = 'abandoned' AND wait_s > 20)), "
        f"{quick} / count(*) FILTER (outcome = 'answered') FROM interactions"
    )
    assert [f"{share:.1%}" for share in shares] == ["47.4%", "49.5%", "55.6%"]


def test_agents_are_handles_and_callers_are_hashes(loaded: tuple[Home, LoadReport, Path]) -> None:
    home, report, _ = loaded
    assert all(agent.startswith("agent-") for agent in home.facts.distinct_values("agent_id"))
    assert len(home.facts.distinct_values("agent_id")) == 42
    assert home.rows("SELECT round(count(customer_key) / count(*), 2) FROM interactions") == [(0.47,)]
    live = home.generations.current()
    assert live is not None
    content = live.path.read_bytes()
    assert not any(name in content for name in (b"DORIT", b"SHLOMO", b"27644400"))


def test_the_zone_of_the_feed_becomes_the_calendar_of_an_empty_home(loaded: tuple[Home, LoadReport, Path]) -> None:
    home, report, _ = loaded
    assert "zone: Asia/Jerusalem" in (home.path / "catalog" / "calendar.yaml").read_text()
    assert any("calendar of this home is now Asia/Jerusalem" in note for note in report.notes)


def test_loading_it_again_changes_nothing(loaded: tuple[Home, LoadReport, Path]) -> None:
    home, _, folder = loaded
    before = home.snapshot()
    again = home.load(folder / "july.txt.gz", folder / "may.txt.gz", preset="anonymous-bank")
    assert again.exit_code == 4
    assert home.snapshot() == before

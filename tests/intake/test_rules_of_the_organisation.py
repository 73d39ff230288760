"""A rule is first counted, then said, then enforced, by the dates agreed with the owner of the feed."""

from pathlib import Path

import pytest

from frontline.catalog.records import load_records
from frontline.core.actor import SYSTEM
from frontline.core.errors import CatalogError
from frontline.store.intake.safekeeping import read_rejects
from tests.intake.conftest import Home

FILE = (
    "case_id,opened_at,topic\n"
    + "".join(f"T-{n},2026-05-01T10:00Z,billing\n" for n in range(9))
    + "77,2026-05-01T10:00Z,\n"
)
RULES = """rules:
  ticket numbers:
    table: cases
    column: case_id
    matches: 'T-[0-9]+'
    owner: crm team
{dates}
  topic is filled: {{table: cases, column: topic, needed: true}}
"""


def load(home: Home, *dates: str) -> tuple[dict[str, int], int]:
    folder = home.path / "catalog"
    folder.mkdir()
    (folder / "intake.yaml").write_text(RULES.format(dates="\n".join(f"    {date}" for date in dates)))
    report = home.load(home.write("cases.csv", FILE))
    return {f"{found.code} {found.column}": found.count for found in report.files[0].findings}, report.exit_code


@pytest.mark.parametrize(
    ("dates", "code", "exit_code", "rows"),
    [
        ((), "S16", 0, 10),
        (("warn_from: 2026-06-01", "enforce_from: 2026-07-01"), "V16", 0, 10),
        (("warn_from: 2026-06-18",), "S16", 0, 10),
        (("warn_from: 2026-05-01", "enforce_from: 2026-06-17"), "V16", 1, 9),
    ],
)
def test_a_rule_comes_into_force_by_its_dates(
    home: Home, dates: tuple[str, ...], code: str, exit_code: int, rows: int
) -> None:
    found, exit_with = load(home, *dates)
    # The row that is quarantined by one rule is not counted under another.
    assert found == {f"{code} ticket numbers": 1} | ({"S16 topic is filled": 1} if rows == 10 else {})
    assert exit_with == exit_code
    assert home.rows("SELECT count(*) FROM cases") == [(rows,)]
    reasons = [row.reason for row in read_rejects(home.store, home.vault, SYSTEM)]
    assert reasons == (["breaks a rule of the organisation: ticket numbers"] if rows == 9 else [])


def test_a_rule_on_nothing_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "intake.yaml").write_text("rules:\n  a:\n    table: cases\n    column: moon\n    needed: true\n")
    with pytest.raises(CatalogError, match=r"intake\.yaml:2: a: there is no column cases\.moon"):
        load_records(tmp_path)
    (tmp_path / "intake.yaml").write_text("rules:\n  a:\n    table: cases\n    column: topic\n")
    with pytest.raises(CatalogError, match="asks nothing"):
        load_records(tmp_path)

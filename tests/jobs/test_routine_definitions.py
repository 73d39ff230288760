import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.routines import load_routines
from frontline.core.errors import CatalogError

ENTRY = "  - {{key: pulse, title: Pulse, capability: M6.4, schedule: {schedule}, channel: '#quality'{more}}}\n"


def overlay(folder: Path, schedule: str, more: str = "") -> Path:
    (folder / "routines.yaml").write_text("routines:\n" + ENTRY.format(schedule=schedule, more=more))
    return folder


def test_the_four_routines_of_the_card_are_known() -> None:
    keys = [row.key for row in load_routines().routines]
    assert keys[:4] == ["recontact_breach", "churn_alerts", "pain_point_digest", "ownership_reminders"]


def test_an_organisation_adds_and_replaces_by_key(tmp_path: Path) -> None:
    shipped = load_routines().routines
    table = load_routines(overlay(tmp_path, "{every: daily, at: '07:30'}"))
    assert len(table.routines) == len(shipped) + 1
    (tmp_path / "routines.yaml").write_text(
        "routines:\n  - {key: churn_alerts, title: Ours, capability: M2.3, schedule: {every: daily}, channel: '#x'}\n"
    )
    replaced = {row.key: row.title for row in load_routines(tmp_path).routines}
    assert (len(replaced), replaced["churn_alerts"]) == (len(shipped), "Ours")


@pytest.mark.parametrize(("text", "at"), [("07:30", dt.time(7, 30)), ("17:30", dt.time(17, 30)), ("'9:05'", None)])
def test_a_time_without_quotes_means_that_time(tmp_path: Path, text: str, at: dt.time | None) -> None:
    """YAML 1.1 reads an unquoted 17:30 as the number 1050."""
    if at is None:
        with pytest.raises(CatalogError):
            load_routines(overlay(tmp_path, f"{{every: daily, at: {text}}}"))
        return
    assert load_routines(overlay(tmp_path, f"{{every: daily, at: {text}}}")).routines[-1].schedule.at == at


@pytest.mark.parametrize(
    ("schedule", "more"),
    [
        ("{every: fortnightly}", ""),
        ("{every: minutes, step: 7}", ""),
        ("{every: monthly, day: 32}", ""),
        ("{every: weekly, weekday: moonday}", ""),
        ("{every: daily}", ", colour: red"),
        ("{every: daily}", ", catch_up: {policy: sometimes}"),
    ],
)
def test_a_faulty_routine_names_file_and_line(tmp_path: Path, schedule: str, more: str) -> None:
    with pytest.raises(CatalogError) as fault:
        load_routines(overlay(tmp_path, schedule, more))
    assert str(fault.value).startswith("routines.yaml:2: ")


def test_a_key_used_twice_is_a_fault(tmp_path: Path) -> None:
    entry = ENTRY.format(schedule="{every: daily}", more="")
    (tmp_path / "routines.yaml").write_text("routines:\n" + entry + entry)
    with pytest.raises(CatalogError, match="keys used twice: pulse"):
        load_routines(tmp_path)

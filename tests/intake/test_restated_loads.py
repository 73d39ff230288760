"""A load that restates a stretch: from an instant on, what the file does not name any more is gone."""

import datetime as dt

from tests.intake.conftest import Home

HOUR = dt.datetime(2026, 6, 17, 8, tzinfo=dt.UTC)
HEAD = "agent_id,ts_from,ts_to,state\n"


def states(home: Home) -> list[tuple[str, str]]:
    return [(f"{at:%H:%M}", state) for at, state in home.rows("SELECT ts_from, state FROM agent_states ORDER BY 1, 2")]


def load_first(home: Home) -> None:
    rows = "a1,2026-06-17T07:00Z,2026-06-17T08:00Z,handling\na1,2026-06-17T08:00Z,2026-06-17T08:20Z,handling\n"
    home.load(home.write("agent_states.csv", f"{HEAD}{rows}a1,2026-06-17T08:20Z,2026-06-17T08:24Z,acw\n"))


def test_rows_that_a_restated_stretch_does_not_name_are_removed(home: Home) -> None:
    load_first(home)
    rows = "a1,2026-06-17T08:00Z,2026-06-17T08:23Z,handling\na1,2026-06-17T08:23Z,2026-06-17T08:27Z,acw\n"
    file = home.write("agent_states.csv", HEAD + rows)
    report = home.load(file, restated={"agent_states": HOUR})
    assert states(home) == [("07:00", "handling"), ("08:00", "handling"), ("08:23", "acw")]
    assert (report.files[0].added, report.files[0].changed) == (1, 1)
    assert any("1 rows of before are gone" in note for note in report.files[0].notes)
    # The same stretch again is nothing new.
    assert home.load(file, restated={"agent_states": HOUR}).generation == ""


def test_a_restated_stretch_that_only_removes_is_a_new_generation_too(home: Home) -> None:
    load_first(home)
    rows = "a1,2026-06-17T08:00Z,2026-06-17T08:20Z,handling\n"
    assert home.load(home.write("agent_states.csv", HEAD + rows), restated={"agent_states": HOUR}).generation
    assert states(home) == [("07:00", "handling"), ("08:00", "handling")]


def test_other_tables_and_plain_loads_remove_nothing(home: Home) -> None:
    load_first(home)
    rows = "a1,2026-06-17T08:00Z,2026-06-17T08:20Z,handling\na1,2026-06-17T08:30Z,2026-06-17T08:40Z,break\n"
    home.load(home.write("agent_states.csv", HEAD + rows), restated={"queue_now": HOUR})
    assert states(home) == [("07:00", "handling"), ("08:00", "handling"), ("08:20", "acw"), ("08:30", "break")]

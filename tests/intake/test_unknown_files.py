# ruff: noqa: E501  (rows of invented files)
"""A file that no preset knows: refused with a line to copy, loaded by that line, and its first question answered."""

import datetime as dt
import re
import shlex
from typing import Any

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.errors import UsageError
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.engine import MetricEngine
from frontline.metrics.questions import QuestionParser
from frontline.store.intake import LoadReport
from frontline.store.intake.values import with_own_values
from tests.intake import unknown_files as invented
from tests.intake.conftest import NOW, Home
from tests.metrics.conftest import OpenDoor


def copy_line(message: str) -> dict[str, Any]:
    """Read the suggested command as a shell would."""
    words = shlex.split(message[message.index("frontline ingest") :].replace("\\\n", " "))
    given: dict[str, Any] = {"mapping": {}}
    for option, value in zip(words[3::2], words[4::2], strict=True):
        if option == "--map":
            field, _, column = value.partition("=")
            given["mapping"][field] = column
        else:
            given[{"--table": "table", "--tz": "zone"}[option]] = value
    return given


def load_as_stranger(home: Home, file: invented.Invented, **more: str) -> LoadReport:
    """Try the bare file, copy the suggested line, add to it what the person knows, load."""
    path = home.write(file.name, file.content)
    with pytest.raises(UsageError) as refused:
        home.load(path)
    given = copy_line(refused.value.next_step)
    assert "COLUMN" not in given["mapping"].values()
    given["mapping"] |= {name: text for name, text in more.items() if text}
    return home.load(path, **given)


def ask(home: Home, question: str) -> dict[tuple[object, ...], float | None]:
    """Return {breakdown: value} of a question about what was loaded."""
    overlay = home.path / "catalog"
    catalog = with_own_values(load_catalog(overlay if overlay.is_dir() else None), home.facts)
    parsed = QuestionParser(catalog).parse(QuestionText(question), now=NOW)
    assert parsed.outcome is Outcome.ANSWERED, parsed
    assert parsed.query is not None
    result = MetricEngine(catalog, home.facts, FrozenClock(NOW), OpenDoor()).run(SYSTEM, parsed.query)
    place = result.columns.index(parsed.query.metrics[0])
    return {tuple(row[:place]): row[place] for row in result.rows}


def test_a_call_log_with_date_and_time_apart_and_clock_durations(home: Home) -> None:
    file = invented.call_log()
    report = load_as_stranger(home, file)
    assert (report.total("read"), report.total("ok"), report.exit_code) == (600, 600, 0)
    assert report.files[0].read_as["ts"] == "Date + Time"
    assert ask(home, "average speed of answer in April 2026") == {(): pytest.approx(file.truth["asa"])}
    assert home.rows("SELECT max(talk_s) < 900, min(talk_s) FROM interactions") == [(True, 0.0)]


def test_words_of_the_outcome_that_nobody_knows_are_named_and_can_be_mapped(home: Home) -> None:
    file = invented.call_log()
    report = load_as_stranger(home, file)
    assert set(report.files[0].unmapped) == {"outcome"}
    assert set(report.files[0].unmapped["outcome"]) == {"BUSY"}
    assert any("outcome does not know BUSY" in note and "outcome.VALUE=BUSY" in note for note in report.files[0].notes)
    again = home.load(
        home.feeds / file.name,
        table="interactions",
        mapping={"interaction_id": "Call Ref", "ts": "Date+Time", "outcome": "Status", "outcome.abandoned": "busy,No_Answer"},
    )  # fmt: skip
    assert "V07" not in again.codes
    assert home.rows("SELECT DISTINCT outcome FROM interactions ORDER BY 1") == [("abandoned",), ("answered",)]


def test_a_city_log_with_us_dates_answers_by_its_own_boroughs(home: Home) -> None:
    file = invented.incident_log()
    report = load_as_stranger(home, file)
    assert (report.files[0].table, report.total("ok")) == ("cases", 500)
    counts = file.truth["march by region"]
    assert ask(home, "case volume by region in March 2026") == {(region,): n for region, n in counts.items()}  # type: ignore[attr-defined]
    assert ask(home, "how many cases in Brooklyn in March 2026") == {(): counts["brooklyn"]}  # type: ignore[index]
    assert ask(home, "case volume about heat/hot water in March 2026").keys() == {()}


def test_an_excel_export_with_semicolons_decimal_commas_and_minutes(home: Home) -> None:
    file = invented.excel_export()
    report = load_as_stranger(
        home,
        file,
        **{"outcome.answered": "erledigt", "outcome.abandoned": "aufgelegt", "outcome.transferred": "weitergeleitet"},
    )
    assert (report.total("ok"), report.files[0].encoding) == (400, "cp1252")
    assert ask(home, "average handle time in May 2026")[()] == pytest.approx(file.truth["aht"])
    assert any("times 60" in note for note in report.files[0].notes)
    assert report.codes.keys() == {"V10"}


def test_a_ticket_export_with_offsets_needs_no_zone(home: Home) -> None:
    file = invented.ticket_export()
    report = load_as_stranger(home, file)
    assert (report.files[0].table, report.total("ok"), report.files[0].zone) == ("cases", 300, "")
    assert home.rows("SELECT DISTINCT priority FROM cases ORDER BY 1") == [("normal",), ("urgent",)]
    assert sum(n or 0 for n in ask(home, "case volume by team in April 2026").values()) > 100


def test_a_log_without_a_key_gets_one_from_the_row_and_loads_twice_unchanged(home: Home) -> None:
    file = invented.call_center_without_ids()
    report = load_as_stranger(home, file)
    assert report.total("added") == file.truth["rows"]  # the doubled row is two calls
    assert home.rows("SELECT count(*) FROM interactions WHERE outcome = 'abandoned'")[0][0] >= file.truth["abandoned"]  # type: ignore[operator]
    again = home.load(home.feeds / file.name, table="interactions", mapping={
        "interaction_id": "#", "ts": "Date+Time", "agent_id": "Agent", "outcome": "Answered (Y/N)",
        "wait_s": "Speed of answer in seconds", "outcome.answered": "Y", "outcome.abandoned": "N"})  # fmt: skip
    assert again.is_unchanged


def test_a_log_of_changes_keeps_the_newest_row_of_each_case(home: Home) -> None:
    file = invented.change_log()
    report = load_as_stranger(home, file)
    assert (report.total("added"), report.total("skipped")) == (60, 120)
    assert home.rows("SELECT DISTINCT status FROM cases") == [("closed",)]
    assert home.rows("SELECT min(opened_at) FROM cases") == [(dt.datetime(2016, 2, 29, 0, 16),)]


def test_a_call_log_with_marks_and_ratings_answers_all_it_holds(home: Home) -> None:
    file = invented.rated_calls()
    report = load_as_stranger(home, file)
    assert report.files[0].read_as["channel"] == "phone"
    assert ask(home, "how many calls in February 2021")[()] > 0  # type: ignore[operator]
    assert ask(home, "resolved rate in February 2021") == {(): pytest.approx(file.truth["resolved"])}
    offered = next(note for note in report.files[0].notes if "looks like ratings" in note)
    rated = home.load(home.feeds / file.name, **copy_line(offered))
    assert (rated.total("ok"), rated.files[0].zone) == (900, "Europe/Amsterdam")
    assert rated.notes[-1] == 'First question: frontline ask "csat in February 2021"'
    assert ask(home, "csat in February 2021") == {(): pytest.approx(file.truth["csat"])}


def test_a_service_desk_log_counts_until_the_incident_was_resolved_and_says_so(home: Home) -> None:
    file = invented.service_desk_log()
    report = load_as_stranger(home, file)
    assert report.files[0].read_as["closed_at"] == "resolved_at"
    assert "--map 'closed_at=closed_at'" in "\n".join(report.files[0].notes)
    assert ask(home, "how many incidents in March 2016")[()] == ask(home, "case volume in March 2016")[()]
    took = ask(home, "resolution time in March 2016")[()]
    assert took == pytest.approx(file.truth["median"], rel=0.05)


@pytest.mark.parametrize(("name", "table"), [("incidents.csv", "cases"), ("outages.csv", "incidents")])
def test_a_log_of_incidents_is_cases_unless_its_name_says_outages(home: Home, name: str, table: str) -> None:
    rows = "".join(f"I{n},2026-05-0{n}T10:00Z,Mast {n} down,2026-05-0{n}T12:00Z\n" for n in range(1, 8))
    report = home.load(home.write(name, "incident_id,opened_at,title,resolved_at\n" + rows))
    assert (report.files[0].table, report.total("ok")) == (table, 7)
    assert any("--table cases makes them count" in note for note in report.files[0].notes) == (table == "incidents")


def test_an_empty_column_and_a_word_that_ends_in_time_suggest_nothing(home: Home) -> None:
    rows = "".join(f"{n},01/{1 + n % 28:02d}/2026,Within SLA,\n" for n in range(60))
    with pytest.raises(UsageError) as refused:
        home.load(home.write("x.csv", "nr,call_timestamp,response_time,escalation priority\n" + rows))
    assert "=call_timestamp \\\n" in refused.value.next_step
    assert "priority=" not in refused.value.next_step


def test_the_first_file_sets_the_days_of_an_empty_home_and_proposes_a_question(home: Home) -> None:
    path = home.write("cases.csv", "case_id,opened_at,channel\n1,2026-05-01 23:30,phone\n2,2026-05-31 10:00,chat\n")
    report = home.load(path, zone="America/New_York", calendar_zone="Europe/Amsterdam")
    assert "zone: America/New_York" in (home.path / "catalog" / "calendar.yaml").read_text()
    assert home.facts.load_spans("cases")[0].start == dt.date(2026, 5, 1)
    assert report.notes[-1] == 'First question: frontline ask "case volume by channel in May 2026"'


def test_a_zone_said_later_leaves_the_calendar_alone(home: Home) -> None:
    head = "case_id,opened_at\n"
    home.load(home.write("cases.csv", head + "1,2026-05-01T10:00Z\n"), calendar_zone="Europe/Amsterdam")
    home.load(home.write("cases2.csv", head + "2,2026-05-01 10:00\n"), zone="Asia/Tokyo", table="cases")
    assert not (home.path / "catalog").exists()


REFUSED = {
    "field of no column": ({"topic.billing": "x"}, "topic has no column whose words could be mapped"),
    "value of no field": ({"outcome": "s", "outcome.lost": "x"}, "outcome has no value 'lost'"),
    "two meanings": ({"outcome": "s", "outcome.answered": "x", "outcome.abandoned": "x"}, "two meanings"),
    "half of a joint": ({"ts": "Dat+Hour"}, "has no column 'Hour'"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_a_wish_that_cannot_be_met_is_refused_in_one_sentence(home: Home, case: Any) -> None:
    mapping, sentence = case
    path = home.write("x.csv", "call_id,ts,Dat,s\n1,2026-05-01T10:00Z,2026-05-01,y\n")
    with pytest.raises(UsageError, match=re.escape(sentence)):
        home.load(path, table="interactions", mapping=mapping)


def test_constants_rest_and_silence_can_be_mapped(home: Home) -> None:
    path = home.write("x.csv", "call_id,ts,topic,s\n1,2026-05-01T10:00Z,a,ok\n2,2026-05-01T11:00Z,b,gone\n")
    mapping = {"channel": "=Phone", "topic": "-", "outcome": "s", "outcome.answered": "OK", "outcome.abandoned": "*"}
    home.load(path, table="interactions", mapping=mapping)
    assert home.rows("SELECT channel, topic, outcome FROM interactions ORDER BY interaction_id") == [
        ("phone", None, "answered"),
        ("phone", None, "abandoned"),
    ]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("Jan 5, 2026 3:04 PM", dt.datetime(2026, 1, 5, 15, 4)),
        ("05-Jan-26 15:04", dt.datetime(2026, 1, 5, 15, 4)),
        ("Mon, 05 Jan 2026 15:04:05 +0200", dt.datetime(2026, 1, 5, 13, 4, 5)),
        ("20260105", dt.datetime(2026, 1, 5)),
        ("1767625445", dt.datetime(2026, 1, 5, 15, 4, 5)),
        ("1767625445000", dt.datetime(2026, 1, 5, 15, 4, 5)),
        ("46027.5", dt.datetime(2026, 1, 5, 12)),
        ("2026-01-05 03:04:05 PM", dt.datetime(2026, 1, 5, 15, 4, 5)),
        ("25/01/2026, 3:04 PM", dt.datetime(2026, 1, 25, 15, 4)),
        ("25/01/2026 15:04 +02:00", dt.datetime(2026, 1, 25, 13, 4)),
    ],
)
def test_unusual_ways_of_writing_a_time_are_read(home: Home, cell: str, wanted: dt.datetime) -> None:
    home.load(home.write("cases.csv", f'case_id,opened_at\n1,"{cell}"\n'), zone="UTC")
    assert home.rows("SELECT opened_at FROM cases") == [(wanted,)]


@pytest.mark.parametrize(
    ("day", "clock", "wanted"),
    [
        ("03/31/2020 12:00:00 AM", "2130", dt.datetime(2020, 3, 31, 21, 30)),
        ("2021-09-11T00:00:00.000", "2:39", dt.datetime(2021, 9, 11, 2, 39)),
        ("2021-09-11", "45", dt.datetime(2021, 9, 11, 0, 45)),
        ("31.12.2025", "11:05 PM", dt.datetime(2025, 12, 31, 23, 5)),
    ],
)
def test_a_date_and_a_time_column_are_one_instant(home: Home, day: str, clock: str, wanted: dt.datetime) -> None:
    path = home.write("log.csv", f"nr,day,clock\n1,{day},{clock}\n")
    home.load(path, table="cases", mapping={"case_id": "nr", "opened_at": "day+clock"}, zone="UTC")
    assert home.rows("SELECT opened_at FROM cases") == [(wanted,)]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["00:05:12", "01:00:00"], [312.0, 3600.0]),
        (["5:12", "0:09"], [312.0, 9.0]),
        (["0 days 00:05:12", "12"], [312.0, 12.0]),
        (["PT5M12S", "1h 2m"], [312.0, 3720.0]),
        (["1,234.5", "12"], [1234.5, 12.0]),
        (["1.234,5", "12,25"], [1234.5, 12.25]),
    ],
)
def test_numbers_and_durations_are_read_as_people_write_them(home: Home, cells: list[str], wanted: list[float]) -> None:
    rows = "".join(f"{number}\t2026-05-01T10:00Z\t{cell}\n" for number, cell in enumerate(cells))
    home.load(home.write("calls.csv", "call_id\tts\thandle_s\n" + rows))
    assert [row[0] for row in home.rows("SELECT handle_s FROM interactions ORDER BY interaction_id")] == wanted


def test_a_title_above_the_header_is_passed_over(home: Home) -> None:
    content = (
        "Ticket report May 2026\nGenerated 2026-06-01\n\ncase_id,opened_at,topic\n1,2026-05-01T10:00Z,x\n2,never,x\n"
    )
    more = "".join(f"{n},2026-05-01T10:00Z,x\n" for n in range(3, 9))
    report = home.load(home.write("cases.csv", content + more))
    assert (report.total("read"), report.total("ok")) == (8, 7)
    assert report.files[0].findings[0].first_rows == (6,)  # as a spreadsheet counts
    assert "The first 3 lines of cases.csv were taken for a title." in report.files[0].notes


def test_rows_that_end_with_a_delimiter_are_whole(home: Home) -> None:
    content = "case_id,opened_at\n" + "".join(f"{n},2026-05-01T10:00Z,\n" for n in range(20))
    report = home.load(home.write("cases.csv", content))
    assert (report.total("ok"), report.codes) == (20, {})

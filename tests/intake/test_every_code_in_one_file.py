# ruff: noqa: E501  (rows of invented files)
"""V01 to V15 planted in one file: each reported by code and row, good rows loaded, nothing personal in the facts."""

import datetime as dt
from collections.abc import Sequence

import pytest

from frontline.core.errors import UsageError
from frontline.store.intake import LoadReport
from tests.intake.conftest import Home

HEAD = "interaction_id,ts,customer_id,channel,topic,agent_id,wait_s,handle_s,outcome"
START = dt.date(2026, 4, 6)  # a Monday


def day_of_calls(day: dt.date, count: int, prefix: str = "H") -> str:
    return "".join(
        f"{prefix}{day:%m%d}-{n},{day}T{8 + n % 10:02d}:00:00Z,{1 + n % 50},phone,billing,a{n % 3},5,60,answered\n"
        for n in range(count)
    )


def history(weeks: int = 6, count: int = 30) -> str:
    return "".join(day_of_calls(START + dt.timedelta(days=day), count) for day in range(7 * weeks))


def codes(report: LoadReport) -> dict[str, tuple[int, tuple[int, ...]]]:
    return {f"{f.code} {f.column}".strip(): (f.count, f.first_rows) for f in report.files[0].findings}


def test_every_code_is_reported_by_row_and_the_good_rows_are_loaded(home: Home) -> None:
    home.load(home.write("customers.csv", "customer_id\n" + "".join(f"{1 + n}\n" for n in range(50))))
    home.load(home.write("agents.csv", "agent_id\na0\na1\na2\n"))
    home.load(home.write("calls_may.csv", f"{HEAD}\n{history()}"))
    busy, next_day = START + dt.timedelta(days=42), START + dt.timedelta(days=43)
    good = day_of_calls(busy, 90, "N") + day_of_calls(next_day, 30, "N")  # three times a Monday (V14), rows 2 to 121
    bad = (
        f",{next_day}T10:00:00Z,1,phone,billing,a1,5,60,answered,x\n"  # 122: no key
        f"D1,{next_day}T10:00:00Z,1,phone,billing,a1,5,60,answered,x\n"  # 123: stands again below
        f"D1,{next_day}T10:00:00Z,1,phone,outage,a1,5,60,answered,x\n"
        "T1,half past nine,1,phone,billing,a1,5,60,answered,x\n"  # 125: no time
        "F1,2027-01-01T10:00:00Z,1,phone,billing,a1,5,60,answered,x\n"  # 126: the future
        f"B1,{next_day}T10:00:00Z,1,phone,billing,a1,-5,60,answered,x\n"  # 127: waited less than nothing
        f"W1,{next_day}T10:00:00Z,1,phone,billing,a1,5,60,teleported,x\n"  # 128: no such outcome
        f"O1,{next_day}T10:00:00Z,999,phone,billing,a1,5,60,answered,x\n"  # 129: a customer nobody knows
        f"É1,{next_day}T10:00:00Z,1,phone,réclamation,a1,5,60,answered,x\n"  # 130: cp1252
        f"L1,{next_day}T10:00:00Z,1,phone\n"  # 131: half a line
        f"P1,{next_day}T10:00:00Z,1,phone,mail jo@example.org,a1,5,60,answered,x\n"  # 132: an address
        f"J1,{next_day}T10:00:00Z,0000,phone,test,a1,n/a,60,answered,x\n"  # 133: junk
    )
    content = f"{HEAD},weather\n" + good.replace("answered\n", "answered,x\n") + bad
    report = home.load(home.write("calls_june.csv", content.encode("cp1252")))
    assert codes(report) == {
        "V01 interaction_id": (1, (122,)),
        "V02 interaction_id": (1, (123,)),
        "V03 ts": (1, (125,)),
        "V04 ts": (1, (126,)),
        "V05 wait_s": (1, (127,)),
        "V07 outcome": (1, (128,)),
        "V08 customer_key": (1, (129,)),
        "V10": (1, (130,)),
        "V11": (1, (131,)),
        "V12 topic": (1, (132,)),
        "V13 customer_key": (1, (133,)),
        "V13 topic": (1, (133,)),
        "V13 wait_s": (1, (133,)),
        "V14 ts": (1, (2, 3, 4, 5, 6)),
        "V15 weather": (1, ()),
    }
    parts = {part: report.total(part) for part in ("read", "ok", "fixed", "skipped", "quarantined")}
    assert parts == {"read": 132, "ok": 126, "fixed": 1, "skipped": 1, "quarantined": 4}
    assert report.exit_code == 1
    assert home.rows("SELECT topic FROM interactions WHERE interaction_id = 'P1'") == [("masked",)]
    assert home.rows("SELECT customer_key, topic, wait_s FROM interactions WHERE interaction_id = 'J1'") == [
        (None,) * 3
    ]
    live = home.generations.current()
    assert live is not None
    assert b"jo@example" not in live.path.read_bytes()
    said = "\n".join(report.lines())
    for code in ("V01", "V05", "V08", "V10", "V12", "V13", "V14", "V15"):
        assert code in said
    assert "Monday 2026-05-18 has 90 rows, the same weekdays before had 30 (V14)" in said


def test_scores_outside_their_scale_are_v06_by_row(home: Home) -> None:
    rows = "".join(f"S{n},2026-05-01T10:00Z,csat,{1 + n % 5},5\n" for n in range(9))
    report = home.load(home.write("surveys.csv", "survey_id,ts,type,score,scale_max\n" + rows + "X,2026-05-01T10:00Z,csat,9,5\n"))  # fmt: skip
    assert codes(report) == {"V06 score": (1, (11,))}


def test_a_missing_zone_is_one_question_that_names_the_first_rows(home: Home) -> None:
    content = "case_id,opened_at\n1,2026-05-01T10:00Z\n2,2026-05-01 10:00\n3,2026-05-02 10:00\n"
    with pytest.raises(UsageError, match=r"V09; 2 times, first in row 3, 4"):
        home.load(home.write("cases.csv", content))


# V12


def find_people(texts: Sequence[str]) -> list[str]:
    return ["PERSON" if text in ("Anna Bakker", "Joanna Kowalska", "Ravi Patel", "Mrs Vos") else "" for text in texts]


def with_finder(home: Home, path: object, **options: object) -> LoadReport:
    from frontline.store.intake import Options, ingest

    return ingest([path], home=home.path, store=home.store, vault=home.vault, now=home.clock.now(),  # type: ignore[list-item]
                  options=Options(zone="UTC", **options), find_personal=find_people)  # type: ignore[arg-type]  # fmt: skip


def test_agents_by_name_become_handles_that_join_over_tables(home: Home) -> None:
    names = ("Anna Bakker", "Joanna Kowalska", "Ravi Patel")
    rows = "".join(f"{n},2026-05-01 10:00,billing,{names[n % 3]}\n" for n in range(9))
    report = with_finder(home, home.write("cases.csv", "case_id,opened_at,topic,agent_id\n" + rows))
    assert codes(report) == {"V12 agent_id": (9, (2, 3, 4, 5, 6))}
    assert any("agent_id: the column holds personal data" in note for note in report.files[0].notes)
    with_finder(home, home.write("agents.csv", "agent_id,site\n" + "".join(f"{name},Porto\n" for name in names)))
    assert home.rows("SELECT count(*) FROM cases JOIN agents USING (agent_id) WHERE agent_id LIKE 'agent-%'") == [(9,)]
    assert b"Kowalska" not in home.generations.current().path.read_bytes()  # type: ignore[union-attr]


def test_a_column_of_names_is_dropped_and_one_odd_value_is_not_enough_to_drop_it(home: Home) -> None:
    head = "case_id,opened_at,topic,subtopic\n"
    topics = ["billing", "outage", "roaming", "Mrs Vos"]
    rows = "".join(f"{n},2026-05-01 10:00,{topics[n % 4]},{('Anna Bakker', 'Ravi Patel')[n % 2]}\n" for n in range(8))
    report = with_finder(home, home.write("cases.csv", head + rows))
    assert codes(report).keys() == {"V12 subtopic"}
    assert home.rows("SELECT DISTINCT subtopic FROM cases") == [("masked",)]
    assert home.rows("SELECT count(DISTINCT topic) FROM cases") == [(4,)]


@pytest.mark.parametrize(
    "value",
    ["call +31 6 1234 5678", "0612345678", "4111 1111 1111 1111", "NL91ABNA0417164300", "a" * 30 + " text" * 12],
)
def test_patterns_of_personal_data_are_masked_without_any_finder(home: Home, value: str) -> None:
    home.load(
        home.write("cases.csv", f"case_id,opened_at,topic\n1,2026-05-01,{value}\n2,2026-05-02,billing\n"), zone="UTC"
    )
    assert home.rows("SELECT topic FROM cases ORDER BY case_id") == [("masked",), ("billing",)]


@pytest.mark.parametrize("value", ["2026-05-01", "tier 2", "iphone 15 pro max", "10001", "0800", "24/7 desk", "v1.2.3"])
def test_ordinary_words_with_digits_are_left_alone(home: Home, value: str) -> None:
    report = home.load(home.write("cases.csv", f"case_id,opened_at,topic\n1,2026-05-01,{value}\n"), zone="UTC")
    assert "V12" not in report.codes


def test_addresses_as_agent_ids_become_handles(home: Home) -> None:
    home.load(
        home.write("cases.csv", "case_id,opened_at,agent_id\n1,2026-05-01,kim@example.org\n2,2026-05-01,k7\n"),
        zone="UTC",
    )
    (first,), (second,) = home.rows("SELECT agent_id FROM cases ORDER BY case_id")
    assert first.startswith("agent-")
    assert second == "k7"


# V14


def test_a_day_that_falls_silent_is_noticed_and_an_unfinished_newest_day_is_not(home: Home) -> None:
    home.load(home.write("calls.csv", f"{HEAD}\n{history()}"))
    low, newest = START + dt.timedelta(days=42), START + dt.timedelta(days=43)
    report = home.load(home.write("calls.csv", f"{HEAD}\n{day_of_calls(low, 9, 'N')}{day_of_calls(newest, 9, 'N')}"))
    assert codes(report) == {"V14 ts": (1, (2, 3, 4, 5, 6))}


@pytest.mark.parametrize("case", ["first load", "usual day", "few rows", "short history"])
def test_no_alarm_without_something_to_compare_with(home: Home, case: str) -> None:
    busy = START + dt.timedelta(days=42)
    if case == "first load":
        content = history() + day_of_calls(busy, 200, "N")
    else:
        past = history(3 if case == "short history" else 6, 5 if case == "few rows" else 30)
        home.load(home.write("calls.csv", f"{HEAD}\n{past}"))
        content = day_of_calls(busy, 45 if case == "usual day" else 200, "N")
    assert "V14" not in home.load(home.write("calls.csv", f"{HEAD}\n{content}")).codes


# V15


def test_another_feed_of_the_same_table_is_not_a_drift(home: Home) -> None:
    home.load(home.write("crm_export_2026-05.csv", "case_id,opened_at,topic\n1,2026-05-01T10:00Z,a\n"))
    report = home.load(home.write("helpdesk_2026-05.csv", "case_id,opened_at,channel\n2,2026-05-01T10:00Z,phone\n"))
    assert "V15" not in report.codes
    report = home.load(home.write("crm_export_2026-06.csv", "case_id,opened_at,theme\n3,2026-05-01T10:00Z,a\n"))
    assert [(f.code, f.column) for f in report.files[0].findings] == [("V15", "theme"), ("V15", "topic")]


def test_all_fifteen_codes_in_one_file(home: Home) -> None:
    """Surveys have every kind of column: V09 asks first, and with its answer all the others are named by row."""
    head = "survey_id,sent_at,ts,type,score,scale_max,case_id,customer_id,channel"
    home.load(home.write("cases.csv", "case_id,opened_at\nk1,2026-04-01T10:00Z\n"))
    home.load(home.write("customers.csv", "customer_id\n1\n"))

    def day(at: dt.date, count: int, prefix: str) -> str:
        return "".join(f"{prefix}{at:%m%d}-{n},{at} 07:00:00,{at} 08:00:00,csat,4,5,k1,1,chat\n" for n in range(count))

    past = "".join(day(START + dt.timedelta(days=n), 30, "H") for n in range(42))
    home.load(home.write("surveys_may.csv", f"{head}\n{past}"), zone="UTC")
    busy, after = START + dt.timedelta(days=42), START + dt.timedelta(days=43)
    good = day(busy, 90, "N") + day(after, 30, "N")  # rows 2 to 121; three times a Monday (V14)
    at = f"{after} 07:00:00,{after} 08:00:00"
    bad = (
        f",{at},csat,4,5,k1,1,chat,x\n"  # 122: no key
        f"D1,{at},csat,4,5,k1,1,chat,x\n"  # 123: stands again below
        f"D1,{at},csat,5,5,k1,1,chat,x\n"
        f"T1,{after} 07:00:00,half past nine,csat,4,5,k1,1,chat,x\n"  # 125
        f"F1,{after} 07:00:00,2027-01-01 10:00:00,csat,4,5,k1,1,chat,x\n"  # 126
        f"B1,{after} 09:00:00,{after} 08:00:00,csat,4,5,k1,1,chat,x\n"  # 127: answered before it was sent
        f"S1,{at},csat,9,5,k1,1,chat,x\n"  # 128: nine of five
        f"W1,{at},mood,4,5,k1,1,chat,x\n"  # 129: no such survey
        f"O1,{at},csat,4,5,k999,1,chat,x\n"  # 130: a case nobody knows
        f"É1,{at},csat,4,5,k1,1,chat,x\n"  # 131: cp1252
        f"L1,{after}\n"  # 132: half a line
        f"P1,{at},csat,4,5,k1,1,mail jo@example.org,x\n"  # 133: an address
        f"J1,{at},csat,4,5,k1,0000,test,x\n"  # 134: junk
    )
    content = f"{head},weather\n" + good.replace("chat\n", "chat,x\n") + bad
    path = home.write("surveys_june.csv", content.encode("cp1252"))
    before = home.snapshot()
    fresh = home.facts.meta("zone:surveys")
    assert fresh == "UTC"
    report = home.load(path)
    assert {code.split()[0]: rows for code, (_, rows) in codes(report).items()} == {
        "V01": (122,),
        "V02": (123,),
        "V03": (125,),
        "V04": (126,),
        "V05": (127,),
        "V06": (128,),
        "V07": (129,),
        "V08": (130,),
        "V10": (131,),
        "V11": (132,),
        "V12": (133,),
        "V13": (134,),
        "V14": (2, 3, 4, 5, 6),
        "V15": (),
    }
    assert (report.total("quarantined"), report.exit_code) == (5, 1)
    assert home.snapshot() != before


def test_the_same_file_in_a_home_without_a_zone_is_one_question_and_leaves_nothing(home: Home) -> None:
    rows = "".join(f"S{n},2026-05-01 07:00:00,2026-05-01 08:00:00,csat,4,5\n" for n in range(3))
    before = home.snapshot()
    with pytest.raises(UsageError, match=r"V09; 6 times, first in row 2, 3") as refused:
        home.load(home.write("surveys.csv", "survey_id,sent_at,ts,type,score,scale_max\n" + rows))
    assert (refused.value.exit_code, home.snapshot()) == (2, before)

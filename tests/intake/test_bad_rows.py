"""Every bad row is reported by code and row number, kept encrypted with its reason, and nothing is lost silently."""

import datetime as dt

from frontline.core.actor import SYSTEM
from frontline.store.intake.safekeeping import read_rejects
from tests.intake.conftest import NOW, Home

HEAD = "case_id,opened_at,closed_at,channel\n"
GOOD = "".join(f"G{n},2026-05-{n:02d}T10:00:00Z,2026-05-{n:02d}T11:00:00Z,phone\n" for n in range(1, 29))


def findings(report: object) -> dict[str, tuple[int, tuple[int, ...]]]:
    return {f"{f.code} {f.column}": (f.count, f.first_rows) for f in report.files[0].findings}  # type: ignore[attr-defined]


def test_each_fault_is_reported_by_code_and_row_and_good_rows_are_loaded(home: Home) -> None:
    bad = (
        ",2026-05-01T10:00:00Z,,phone\n"  # row 30: no key
        "B1,yesterday,,phone\n"  # row 31: not a time
        "B2,2027-01-01T10:00:00Z,,phone\n"  # row 32: the future
        "B3,2026-05-01T10:00:00Z,2026-04-01T10:00:00Z,phone\n"  # row 33: closed before it was opened
        "B4,2026-05-01T10:00:00Z\n"  # row 34: columns missing
        "G1,2026-05-01T10:00:00Z,,email\n"  # row 35: known key, other content
    )
    report = home.load(home.write("cases.csv", HEAD + GOOD + bad))
    assert findings(report) == {
        "V01 case_id": (1, (30,)),
        "V02 case_id": (1, (2,)),
        "V03 opened_at": (1, (31,)),
        "V04 opened_at": (1, (32,)),
        "V05 closed_at": (1, (33,)),
        "V11 ": (1, (34,)),
    }
    parts = {part: report.total(part) for part in ("read", "ok", "fixed", "skipped", "quarantined")}
    assert parts == {"read": 34, "ok": 28, "fixed": 1, "skipped": 1, "quarantined": 4}
    assert report.exit_code == 1
    assert home.rows("SELECT count(*) FROM cases") == [(29,)]
    assert home.rows("SELECT closed_at FROM cases WHERE case_id = 'B3'") == [(None,)]
    assert home.rows("SELECT channel FROM cases WHERE case_id = 'G1'") == [("email",)]


def test_rejected_rows_can_be_read_back_with_their_reason_and_lie_encrypted(home: Home) -> None:
    home.load(home.write("cases.csv", HEAD + GOOD + "B1,somewhen secret,,phone\nB4,2026-05-01\n"))
    rows = list(read_rejects(home.store, home.vault, SYSTEM))
    assert [(row.row, row.code, row.source, row.table) for row in rows] == [
        (30, "V03", "cases.csv", "cases"),
        (31, "V11", "cases.csv", "cases"),
    ]
    assert rows[0].reason == "time that cannot be read: opened_at"
    assert rows[0].content == {"case_id": "B1", "opened_at": "somewhen secret", "closed_at": "", "channel": "phone"}
    assert rows[1].content == {"line": "B4,2026-05-01"}
    for path in home.path.rglob("*"):
        if path.is_file() and path.parent != home.feeds:
            assert b"somewhen secret" not in path.read_bytes()


def test_rejected_rows_expire(home: Home) -> None:
    home.load(home.write("cases.csv", HEAD + GOOD + "B1,never,,phone\n"))
    home.clock.move_to(NOW + dt.timedelta(days=91))
    assert list(read_rejects(home.store, home.vault, SYSTEM)) == []


def test_impossible_durations_are_emptied_and_the_row_kept(home: Home) -> None:
    lines = "".join(f"I{n},2026-05-01T10:00:00Z,{n},60,answered\n" for n in range(9))
    content = (
        "interaction_id,ts,wait_s,handle_s,outcome\n" + lines + "X1,2026-05-01T10:00:00Z,-5,60,answered\n"
        "X2,2026-05-01T10:00:00Z,5,99999,answered\nX3,2026-05-01T10:00:00Z,soon,60,answered\n"
    )
    report = home.load(home.write("interactions.csv", content))
    assert report.codes == {"V05": 3}
    assert report.total("fixed") == 3
    assert home.rows(
        "SELECT wait_s, handle_s FROM interactions WHERE interaction_id LIKE 'X%' ORDER BY interaction_id"
    ) == [
        (None, 60.0),
        (5.0, None),
        (None, 60.0),
    ]


def test_a_score_outside_its_own_scale_is_rejected(home: Home) -> None:
    lines = "".join(f"S{n},2026-05-01T10:00:00Z,csat,{1 + n % 5},5\n" for n in range(10))
    content = (
        "survey_id,ts,type,score,scale_max\n" + lines + "S98,2026-05-01T10:00:00Z,csat,6,5\nS99,2026-05-01,ces,6,7\n"
    )
    report = home.load(home.write("surveys.csv", content), zone="UTC")
    assert findings(report) == {"V06 score": (1, (12,))}


def test_an_unknown_word_of_a_closed_list_becomes_unmapped(home: Home) -> None:
    content = "interaction_id,ts,outcome\n1,2026-05-01T10:00:00Z,answered\n2,2026-05-01T10:00:00Z,teleported\n"
    report = home.load(home.write("interactions.csv", content))
    assert findings(report) == {"V07 outcome": (1, (3,))}
    assert home.rows("SELECT outcome FROM interactions ORDER BY 1") == [("answered",), ("unmapped",)]


def test_a_reference_to_nothing_is_loaded_and_counted(home: Home) -> None:
    home.load(home.write("cases.csv", HEAD + GOOD))
    content = "interaction_id,ts,case_id\n1,2026-05-01T10:00:00Z,G1\n2,2026-05-01T10:00:00Z,ghost\n"
    report = home.load(home.write("interactions.csv", content))
    assert findings(report) == {"V08 case_id": (1, (3,))}
    assert home.rows("SELECT count(*) FROM interactions") == [(2,)]


def test_a_quote_that_is_not_closed_counts_every_line_it_swallows(home: Home) -> None:
    content = HEAD + GOOD + 'Q1,2026-05-01T10:00:00Z,,"open\nQ2,2026-05-01T10:00:00Z,,phone\nQ3,2026-05-01,,x\n'
    report = home.load(home.write("cases.csv", content))
    assert report.codes == {"V11": 3}
    assert report.total("read") == 31
    assert [row.row for row in read_rejects(home.store, home.vault, SYSTEM)] == [30, 31, 32]


def test_columns_that_come_and_go_are_noticed(home: Home) -> None:
    home.load(home.write("cases.csv", HEAD + GOOD))
    report = home.load(home.write("cases.csv", "case_id,opened_at,topic\nN1,2026-05-01T10:00:00Z,billing\n"))
    assert [note for note in report.files[0].notes if "V15" in note] == [
        "cases.csv no longer has the columns channel, closed_at (V15).",
        "cases.csv newly has the columns topic (V15).",
    ]

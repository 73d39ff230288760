# ruff: noqa: E501  (rows of invented files)
"""Files that no preset knows, as strangers bring them. All rows are invented; the generator is the oracle."""

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass, field


@dataclass
class Invented:
    """A file and what is true of it."""

    name: str
    content: bytes
    truth: dict[str, object] = field(default_factory=dict)


def _csv(header: list[str], rows: list[list[object]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def call_log() -> Invented:
    """Separate date and time columns, durations as HH:MM:SS, words of its own for the outcome."""
    draw = random.Random(1)
    rows: list[list[object]] = []
    answered, waits = 0, 0
    for number in range(600):
        at = dt.datetime(2026, 3, 1) + dt.timedelta(minutes=draw.randrange(60 * 24 * 80))
        status = draw.choice(["ANSWERED", "CONNECTED", "NO ANSWER", "BUSY"])
        wait, talk = draw.randrange(60), draw.randrange(900) if status in ("ANSWERED", "CONNECTED") else 0
        if (at.year, at.month) == (2026, 4) and status in ("ANSWERED", "CONNECTED"):
            answered, waits = answered + 1, waits + wait
        talked = f"{talk // 3600:02d}:{talk // 60 % 60:02d}:{talk % 60:02d}"
        rows.append(
            [f"CR{number:06d}", f"{at:%d/%m/%Y}", f"{at:%H:%M:%S}", f"0{70000 + number % 80}", draw.choice(["Main", "Night"])]
            + [status, f"00:00:{wait:02d}", talked, draw.choice(["k1", "k2"]), draw.choice(["Leak", "Meter reading"])]
        )  # fmt: skip
    header = [
        "Call Ref",
        "Date",
        "Time",
        "Caller",
        "Line",
        "Status",
        "Ring Time",
        "Talk Time",
        "Operator",
        "Reason for call",
    ]
    return Invented("calllog.csv", _csv(header, rows), {"asa": waits / answered, "answered": answered})


def incident_log() -> Invented:
    """A city's log: US dates with AM and PM, upper-case words, columns nobody needs."""
    draw = random.Random(2)
    rows: list[list[object]] = []
    counts: dict[str, int] = {}
    for number in range(500):
        at = dt.datetime(2026, 1, 2, 0, 5) + dt.timedelta(minutes=draw.randrange(60 * 24 * 140))
        done = at + dt.timedelta(hours=draw.randrange(1, 90))
        borough = draw.choice(["BROOKLYN", "QUEENS", "BRONX"])
        if at.month == 3:
            counts[borough.lower()] = counts.get(borough.lower(), 0) + 1
        closed = f"{done:%m/%d/%Y %I:%M:%S %p}" if draw.random() > 0.1 else ""
        rows.append(
            [5_000_000 + number, f"{at:%m/%d/%Y %I:%M:%S %p}", closed, draw.choice(["NYPD", "HPD"])]
            + [draw.choice(["Noise - Residential", "HEAT/HOT WATER"]), "x", "10001", "Closed" if closed else "Open"]
            + [borough, draw.choice(["PHONE", "ONLINE", "UNKNOWN"])]
        )
    header = [
        "Unique Key",
        "Created Date",
        "Closed Date",
        "Agency",
        "Complaint Type",
        "Descriptor",
        "Incident Zip",
        "Status",
        "Borough",
        "Open Data Channel Type",
    ]
    return Invented("311_requests.csv", _csv(header, rows), {"march by region": counts})


def excel_export() -> Invented:
    """Semicolons, decimal commas, minutes, German words, cp1252, and Excel's line above the header."""
    draw = random.Random(3)
    rows: list[list[object]] = []
    handled = []
    for number in range(400):
        at = dt.datetime(2026, 5, 1) + dt.timedelta(minutes=draw.randrange(60 * 24 * 31))
        result = draw.choice(["erledigt", "aufgelegt", "weitergeleitet"])
        wait, minutes = draw.randrange(3000) / 10, draw.randrange(100, 2000) / 100
        if result != "aufgelegt":
            handled.append(minutes * 60)
        rows.append(
            [f"V-{number}", f"{at:%d.%m.%Y %H:%M}", draw.choice(["Telefon", "E-Mail"]), draw.choice(["Störung", "Kündigung"])]
            + [f"{wait:.1f}".replace(".", ","), f"{minutes:.2f}".replace(".", ","), result]
        )  # fmt: skip
    header = ["Vorgangsnr.", "Eingang", "Kanal", "Thema", "Wartezeit (s)", "Bearbeitungszeit (min)", "Ergebnis"]
    content = b"sep=;\r\n" + _csv(header, rows, delimiter=";", encoding="cp1252")
    return Invented("Auswertung Mai.csv", content, {"aht": sum(handled) / len(handled)})


def ticket_export() -> Invented:
    """ISO times with offsets, free-text status, a quoted subject with commas in it."""
    draw = random.Random(4)
    rows: list[list[object]] = []
    zone = dt.timezone(dt.timedelta(hours=2))
    durations = []
    for number in range(300):
        at = dt.datetime(2026, 4, 1, tzinfo=zone) + dt.timedelta(minutes=draw.randrange(60 * 24 * 60))
        done = at + dt.timedelta(minutes=draw.randrange(30, 9000))
        if at.month == 4 and at.day > 1:
            durations.append((done - at).total_seconds())
        rows.append(
            [f"INC{number:07d}", 'printer, "broken"', at.isoformat(), done.isoformat()]
            + [draw.choice(["Closed - solved", "Closed (no reply)", "Awaiting user"]), draw.choice(["Desk", "Network"])]
            + [draw.choice(["1 - Critical", "3 - Moderate"]), draw.choice(["Phone", "Walk-in"]), f"u{number % 40}"]
        )
    header = [
        "Number",
        "Short description",
        "Opened",
        "Resolved",
        "State",
        "Assignment group",
        "Priority",
        "Contact type",
        "Caller",
    ]
    return Invented("export_2026-06.csv", _csv(header, rows), {"n": len(durations)})


def call_center_without_ids() -> Invented:
    """No key, Y and N for the outcome, agents by first name, and the same row twice."""
    draw = random.Random(5)
    rows: list[list[object]] = []
    for _ in range(300):
        at = dt.datetime(2021, 1, 1) + dt.timedelta(minutes=draw.randrange(60 * 24 * 80))
        answered = draw.random() > 0.2
        speed = draw.randrange(10, 120) if answered else ""
        rows.append(
            [
                draw.choice(["Diane", "Becky"]),
                f"{at:%Y-%m-%d}",
                f"{at:%H:%M:%S}",
                "Streaming",
                "Y" if answered else "N",
                speed,
            ]
        )
    header = ["Agent", "Date", "Time", "Topic", "Answered (Y/N)", "Speed of answer in seconds"]
    abandoned = sum(row[4] == "N" for row in rows)
    return Invented("cc.csv", _csv(header, [*rows, rows[0]]), {"abandoned": abandoned, "rows": 301})


def rated_calls() -> Invented:
    """Calls with a Y or N for resolved, talk as a clock, and a rating at the end of the row."""
    draw = random.Random(8)
    rows: list[list[object]] = []
    resolved, happy, answered = 0, 0, 0
    for number in range(900):
        at = dt.datetime(2021, 1, 1, 9) + dt.timedelta(minutes=draw.randrange(60 * 24 * 80))
        is_answered = draw.random() > 0.2
        is_resolved, rating = is_answered and draw.random() > 0.1, draw.randrange(1, 6)
        if is_answered and at.month == 2:
            answered, resolved, happy = answered + 1, resolved + is_resolved, happy + (rating >= 4)
        talk = f"00:{draw.randrange(7):02d}:{draw.randrange(60):02d}"
        rows.append(
            [f"ID{number:04d}", draw.choice(["Diane", "Becky"]), f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", "Streaming"]
            + ["Y" if is_answered else "N", "Y" if is_resolved else "N", draw.randrange(9, 125) if is_answered else ""]
            + [talk if is_answered else "", rating if is_answered else ""]
        )
    header = ["Call Id", "Agent", "Date", "Time", "Topic", "Answered (Y/N)", "Resolved", "Speed of answer in seconds"]
    truth = {"resolved": resolved / answered, "csat": happy / answered, "n": answered}
    return Invented("Call Center.csv", _csv([*header, "AvgTalkDuration", "Satisfaction rating"], rows), dict(truth))


def service_desk_log() -> Invented:
    """Every change of an incident is a row; it is resolved first and closed days later; dates are day first."""
    draw = random.Random(9)
    rows: list[list[object]] = []
    hours: list[float] = []
    for number in range(120):
        at = dt.datetime(2016, 2, 29, 1, 16) + dt.timedelta(hours=number * 5)
        took = draw.randrange(60, 9000)
        done = at + dt.timedelta(minutes=took)
        if done.month == 3 and done.year == 2016:
            hours.append(took * 60)
        for state in ("New", "Active", "Closed"):
            rows.append(
                [f"INC{number:07d}", state, int(number % 10 == 0), "true", f"Caller {number % 9}"]
                + [_day_first(at), draw.choice(["Category 26", "Category 9"]), "3 - Moderate", "?"]
                + [_day_first(done), _day_first(done + dt.timedelta(days=5))]
            )
    header = ["number", "incident_state", "reopen_count", "made_sla", "caller_id", "opened_at", "category", "priority"]
    truth = {"median": sorted(hours)[len(hours) // 2], "n": len(hours), "cases": 120}
    return Invented(
        "incident_event_log.csv", _csv([*header, "assigned_to", "resolved_at", "closed_at"], rows), dict(truth)
    )


def _day_first(at: dt.datetime) -> str:
    return f"{at.day}/{at.month}/{at:%Y %H:%M}"


def change_log() -> Invented:
    """Every change of an incident is a row: the newest one counts; dates are day first; ? stands for nothing."""
    rows: list[list[object]] = []
    for number in range(60):
        at = dt.datetime(2016, 2, 29, 1, 16) + dt.timedelta(hours=number * 7)
        for state in ("New", "Active", "Closed"):
            rows.append(
                [
                    f"INC{number:07d}",
                    state,
                    "true",
                    f"C {number % 9}",
                    f"{at.day}/{at.month}/{at:%Y %H:%M}",
                    "Phone",
                    "?",
                ]
            )
    header = ["number", "incident_state", "made_sla", "caller_id", "opened_at", "contact_type", "assigned_to"]
    return Invented("incident_event_log.csv", _csv(header, rows), {"cases": 60})

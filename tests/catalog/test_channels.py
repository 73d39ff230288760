"""The channel map: one place says what the organisation calls a channel, and mistakes have a line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.channels import ChannelBook
from frontline.app.clockwork import describe_routines
from frontline.app.main import run
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.catalog.loader import load_catalog
from frontline.catalog.schema import Calendar
from frontline.catalog.workdays import next_opening
from frontline.core.errors import CatalogError


def overlay(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "catalog"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_own_names_and_ids_replace_single_channels(tmp_path: Path) -> None:
    folder = overlay(tmp_path, channels='channels:\n  floor: "#klantenservice-vloer"\n  leadership: C0123456789\n')
    channels = load_catalog(folder).channels
    assert channels.own("#floor") == "#klantenservice-vloer"
    assert channels.own("#leadership") == "C0123456789"
    assert channels.own("#retention") == "#retention"
    assert channels.own("@owner") == "@owner"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('channels:\n  floor: "#a"\n  flor: "#b"\n', 3, "nothing posts to 'flor'"),
        ('channels:\n  floor: "#Not A Channel"\n', 1, "is no channel"),
        ("channels:\n  floor: anna@example.org\n", 1, "is no channel"),
        ("chanels: {}\n", 1, "chanels"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(CatalogError) as refusal:
        load_catalog(overlay(tmp_path, channels=text))
    [fault] = refusal.value.faults
    assert (fault.file, fault.line) == ("channels.yaml", line)
    assert said in fault.message


def test_a_channel_of_an_own_routine_may_be_mapped(tmp_path: Path) -> None:
    routine = (
        "routines:\n  - {key: recontact_breach, title: Recontact, capability: M6.4, "
        "schedule: {every: daily}, channel: '#night-floor'}\n"
    )
    folder = overlay(tmp_path, routines=routine, channels='channels:\n  night-floor: "#nacht"\n')
    assert load_catalog(folder).channels.own("#night-floor") == "#nacht"


def test_the_job_list_shows_where_a_routine_really_posts(tmp_path: Path) -> None:
    overlay(tmp_path, channels='channels:\n  retention: "#behoud"\n')
    rows = {row["routine"]: row["channel"] for row in describe_routines(House(Settings(home=tmp_path)))}
    assert rows["churn_alerts"] == "#behoud"
    assert rows["recontact_breach"] == "#floor"


class _Outward:
    def __init__(self) -> None:
        self.channels: list[str] = []

    def post(self, *, channel: str, **_: Any) -> Any:
        self.channels.append(channel)


class _Slack:
    def conversations_list(self, **_: Any) -> Any:
        return SimpleNamespace(data={"channels": [{"name": "behoud", "id": "C0BEHOUD01"}], "ok": True})


def test_the_map_is_applied_when_a_message_is_posted(tmp_path: Path) -> None:
    outward = _Outward()
    house = House(Settings(home=tmp_path))
    overlay(tmp_path, channels='channels:\n  retention: "#behoud"\n')
    book = ChannelBook(outward, _Slack(), own=house.own_channel)  # type: ignore[arg-type]  # two methods of each suffice
    book.post(channel="#retention", payload={}, key="k")
    book.post(channel="U0AGENT001", payload={}, key="k2")
    assert outward.channels == ["C0BEHOUD01", "U0AGENT001"]


def test_check_says_when_no_holidays_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path))
    overlay(tmp_path, calendar="country: ZZ\n")
    assert run(["check"]) == 0
    assert "holidays of ZZ are not known" in capsys.readouterr().out
    overlay(tmp_path, calendar='country: ""\n')
    assert run(["check"]) == 0
    assert "names no country" in capsys.readouterr().out
    overlay(tmp_path, calendar="country: PT\n")
    assert run(["check"]) == 0
    assert "Note" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-06-17T10:40", "2026-06-17T10:40"),  # at work
        ("2026-06-17T07:00", "2026-06-17T09:00"),  # before
        ("2026-06-17T17:30", "2026-06-18T09:00"),  # after
        ("2026-06-19T18:00", "2026-06-22T09:00"),  # Friday evening
        ("2026-04-27T10:00", "2026-04-28T09:00"),  # King's Day
    ],
)
def test_what_can_wait_waits_for_business_hours(now: str, opening: str) -> None:
    calendar = Calendar(zone="Europe/Amsterdam", country="NL")
    zone = ZoneInfo("Europe/Amsterdam")
    found = next_opening(calendar, dt.datetime.fromisoformat(now).replace(tzinfo=zone))
    assert found == dt.datetime.fromisoformat(opening).replace(tzinfo=zone)


def test_business_hours_must_be_in_order(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="opens must lie before closes"):
        load_catalog(overlay(tmp_path, calendar="business_hours: {opens: 18:00, closes: 09:00}\n"))

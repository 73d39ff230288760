"""A bot that runs for weeks knows the words and definitions that came after its start."""

import datetime as dt
from pathlib import Path

import pytest

from frontline.app.loading import load
from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House
from frontline.core.clock import FrozenClock
from frontline.core.reply import Outcome
from frontline.core.text import RawText

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
QUESTION = "how many cases about leak last month"


def bot(home: Path) -> House:
    return House(Settings(home=home, admins=("ada",)), Globals(json=True), clock=FrozenClock(NOW))


def load_topics(home: Path, *topics: str) -> None:
    """Load as ``frontline ingest`` does: another process over the same home."""
    rows = "".join(f"{n},2026-05-{n % 28 + 1:02d}T10:00Z,{topic}\n" for n, topic in enumerate(topics))
    file = home / "cases.csv"
    file.write_text(f"case_id,opened_at,topic\n{rows}")
    load(bot(home), [file], zone="Europe/Amsterdam")


def test_a_word_that_a_later_load_brings_is_understood_without_a_restart(tmp_path: Path) -> None:
    load_topics(tmp_path, *["billing"] * 5)
    running = bot(tmp_path)
    before = running.parser
    assert before.parse(RawText(QUESTION), now=NOW).outcome is not Outcome.ANSWERED
    load_topics(tmp_path, *["billing"] * 5, *["Leak"] * 5)
    parsed = running.parser.parse(RawText(QUESTION), now=NOW)
    assert parsed.query is not None
    assert parsed.query.filters[0].values == ("leak",)


def test_a_load_without_new_words_keeps_the_parser(tmp_path: Path) -> None:
    load_topics(tmp_path, *["billing"] * 5)
    running = bot(tmp_path)
    before = running.parser
    load_topics(tmp_path, *["billing"] * 6)
    assert running.facts.generation == "000002"
    assert running.parser is before


def test_a_changed_catalog_is_followed_and_a_faulty_one_leaves_the_old(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_topics(tmp_path, *["billing"] * 5)
    running = bot(tmp_path)
    first = running.desk.engine
    policies = tmp_path / "catalog" / "policies.yaml"
    policies.parent.mkdir(exist_ok=True)
    policies.write_text("roles:\n  agent:\n    deny_metrics: [case_volume]\n")
    running.refresh()
    assert running.desk.engine is not first
    assert running.desk.catalog.policies.roles
    second = running.desk.engine
    policies.write_text("roles: [nobody\n")
    running.refresh()
    assert running.desk.engine is second
    assert "not taken" in caplog.text

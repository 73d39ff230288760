"""A steward at work in the local Slack: a file by direct message, loaded at a click; refused rows; the way back."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.records import Message
from tests.scenarios.conftest import Company

CALLS = "Call Ref,Date,Time,Caller,Status,Ring Time,Reason for call\n" + "".join(
    f"CR{n:04d},{1 + n % 28:02d}/03/2026,{8 + n % 10:02d}:15:00,070{n % 60:04d},ANSWERED,00:00:{n % 50:02d},Leak\n"
    for n in range(300)
)
BAD = "CR9999,never,10:00:00,0701234,ANSWERED,00:00:10,Leak\n"


def send(company: Company, who: str, name: str, content: bytes, *, containing: str) -> Message:
    person = company.as_user(who)
    return company.answer(person, lambda: person.upload(name, content), containing=containing)


def test_a_steward_sends_a_file_loads_it_asks_and_takes_it_back(company: Company) -> None:
    steward = company.as_user("steward")
    before = company.house.facts.generation
    card = send(company, "steward", "calllog.csv", (CALLS + BAD).encode(), containing="looks like interactions")
    assert "301 rows, 1 of them would be refused" in text_of(card)
    assert "interaction_id` from Call Ref" in text_of(card)
    assert company.house.facts.generation == before
    done = company.answer(steward, lambda: steward.click(card, "Load as suggested"), containing="301 read, 300 ok")
    assert "1 quarantined" in text_of(done)
    assert list((company.home / "uploads").glob("up_*")) == []
    errors = company.command("steward", "/ops data errors", containing="in quarantine")
    assert "V03 time that cannot be read in ts: 1 (row 302)" in text_of(errors)
    assert "never" not in text_of(errors)
    back = company.command("steward", "/ops data rollback", containing=f"to {before}?")
    gone = company.answer(steward, lambda: steward.click(back, f"Back to {before}"), containing="Back on generation")
    assert company.house.facts.generation == before
    company.answer(steward, lambda: steward.click(gone, "Undo"), containing="is live again")
    assert company.house.facts.generation != before


def test_the_mapping_can_be_changed_before_anything_is_loaded(company: Company) -> None:
    steward = company.as_user("steward")
    card = send(company, "steward", "calllog.csv", CALLS.encode(), containing="looks like interactions")
    steward.click(card, "Change the mapping")
    view = steward.wait_view(title="Change the mapping", timeout=20)
    lines = "case_id=Call Ref\nopened_at=Date+Time\ntopic=Reason for call"
    changed = company.answer(
        steward, lambda: steward.submit(view, {"table": "cases", "mapping": lines}), containing="looks like cases"
    )
    assert "opened_at` from Date + Time" in text_of(changed)
    company.answer(steward, lambda: steward.click(changed, "Cancel"), containing="Nothing was loaded")
    assert list((company.home / "uploads").glob("up_*")) == []


def test_an_agent_is_refused_and_the_file_is_not_even_fetched(company: Company) -> None:
    said = send(company, "agent", "calls.csv", CALLS.encode(), containing="This is for")
    assert "looks like" not in text_of(said)
    assert not (company.home / "uploads").exists()
    assert not any(call.method == "files.info" for call in company.slack.calls)


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("calls.csv", b"0" * 10_000_000)
    return made.getvalue()


STRANGE = {
    "a zip bomb": ("calls.zip", archive(), "a ZIP archive or an Excel workbook"),
    "a gzip bomb": ("calls.csv.gz", gzip.compress(b"0,0\n" * 20_000_000), "no export does"),
    "a picture": ("scan.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100, "a PNG picture"),
    "a program": ("calls.csv", b"a,b\n\x00\x01\x02", "binary data"),
    "nothing": ("calls.csv", b"\n", "is empty"),
}


@pytest.mark.parametrize("case", STRANGE.values(), ids=STRANGE.keys())
def test_a_file_of_another_kind_is_refused_in_a_sentence_and_not_kept(
    case: tuple[str, bytes, str], shared_company: Company
) -> None:
    name, content, words = case
    send(shared_company, "steward", name, content, containing=words)
    assert list((shared_company.home / "uploads").glob("up_*")) == []


def test_a_link_to_another_place_is_never_given_our_token(shared_company: Company) -> None:
    from bot.uploads import FileFetcher

    fetcher = FileFetcher(shared_company.assembly.bot.client, token=shared_company.assembly.bot.deps.settings.bot_token, base_url=shared_company.slack.base_url)  # fmt: skip # noqa: E501
    for url in ("https://slack.com.evil.example/x", "http://files.slack.com/x", "https://evil.example/slack.com", ""):
        assert not fetcher._is_slack(url)
    assert fetcher._is_slack("https://files.slack.com/files-pri/T1-F1/calls.csv")

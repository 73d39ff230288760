"""The page in a real browser: what a newcomer does in the first minute."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from frontline.core.clock import FrozenClock
from frontline.sandbox.page.clockwork import Clockwork
from frontline.sandbox.page.site import Page
from frontline.sandbox.slack.cast import BOT_ID, BOT_USER_ID
from frontline.sandbox.slack.records import Message
from frontline.sandbox.slack.server import SandboxSlack
from tests.sandbox.echo_app import build_echo_app, over_socket

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
NOON = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]


@pytest.fixture
def sandbox() -> Iterator[SandboxSlack]:
    clock = FrozenClock(NOON)
    sandbox = SandboxSlack(clock=clock, pace=None)
    Page(sandbox, Clockwork(move=clock.move_to)).mount()
    with sandbox:
        app, _seen = build_echo_app(sandbox)
        with over_socket(sandbox, app):
            yield sandbox


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page(sandbox: SandboxSlack, browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(30_000)  # patience for a busy machine, no measure of speed
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("request", lambda sent: sent.url.startswith(sandbox.url) or complaints.append(f"left: {sent.url}"))
    page.goto(sandbox.url)
    page.wait_for_selector("#composer-text")
    yield page
    context.close()
    assert complaints == []


def send(page: Any, words: str) -> None:
    page.fill("#composer-text", words)
    page.press("#composer-text", "Enter")


def act_as(page: Any, label: str) -> None:
    page.select_option("#persona", label=label)
    # A locator, not wait_for_function: its polling evaluates strings, which the page's own policy forbids.
    page.locator("#hints", has_text=label.split(" (", maxsplit=1)[0]).wait_for()


def test_a_command_of_a_persona_is_answered_only_to_them(page: Any) -> None:
    act_as(page, "Lena Costa (Leader)")
    send(page, "/ask csat trend 2026")
    page.wait_for_selector("text=You asked: csat trend 2026")
    assert page.locator(".message.ephemeral .eye").first.inner_text() == "Only visible to you"
    act_as(page, "Sam Okafor (Supervisor)")
    page.click("[data-room=C0FLOOR001]")
    assert page.locator("text=You asked").count() == 0


def test_a_mention_opens_a_thread_whose_button_decides(page: Any) -> None:
    send(page, "@frontline service level today")
    page.click(".thread-link")
    page.click("#thread-list >> text=Yes")
    page.wait_for_selector("#thread-list >> text=Decided by sam")


def test_a_form_shows_its_error_inline_keeps_what_was_typed_and_closes(page: Any, sandbox: SandboxSlack) -> None:
    send(page, "/tag")
    page.wait_for_selector("#modal[open]")
    page.fill("#modal input", "abc")
    page.click("#modal >> text=Save")
    page.wait_for_selector("#modal >> text=Too short to be useful.")
    assert page.input_value("#modal input") == "abc"
    assert page.get_attribute("#modal input", "aria-invalid") == "true"
    page.fill("#modal input", "paper invoices")
    page.select_option("#modal select", "good")
    page.press("#modal input", "Enter")
    page.wait_for_selector("#modal", state="hidden")
    assert sandbox.as_user("supervisor").wait_message(containing="Noted: paper invoices")
    page.wait_for_selector(".room.unread >> text=direct message")


def test_a_late_look_does_not_open_a_form_again_that_was_sent(page: Any, sandbox: SandboxSlack) -> None:
    send(page, "/tag")
    page.wait_for_selector("#modal[open]")
    page.evaluate("async () => { window.before = (await import('/page/state.js')).state.modal; }")
    page.fill("#modal input", "paper invoices")
    page.select_option("#modal select", "good")
    page.press("#modal input", "Enter")
    page.wait_for_selector("#modal", state="hidden")
    page.evaluate("async () => (await import('/page/modal.js')).showModal(window.before)")
    assert page.locator("#modal[open]").count() == 0
    assert sandbox.as_user("supervisor").wait_message(containing="Noted: paper invoices")


def test_a_late_answer_does_not_hide_what_was_said_since(page: Any, sandbox: SandboxSlack) -> None:
    held: list[tuple[Any, Any]] = []

    def hold_the_first(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route("**/sandbox/messages*", hold_the_first)
    with page.expect_request("**/sandbox/messages*"):
        send(page, "first words")
    with page.expect_response("**/sandbox/boot*"):
        page.evaluate("fetch('/sandbox/boot')")  # the held answer is taken by now
    sandbox.as_user("agent").say("floor", "second words")
    with suppress(PlaywrightTimeout):  # a page that looks twice at a time draws the newer answer first
        page.wait_for_selector("text=second words", timeout=300)
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_selector("text=second words")
    page.wait_for_selector("text=first words")
    assert page.locator("text=second words").count() == 1


def test_a_slash_offers_the_commands_and_tab_takes_one(page: Any) -> None:
    page.type("#composer-text", "/o")
    assert page.locator("[role=option]").all_inner_texts()[0].startswith("/own")
    page.press("#composer-text", "ArrowDown")
    page.press("#composer-text", "Tab")
    assert page.input_value("#composer-text") == "/ops "


def test_enter_completes_a_half_typed_name_and_sends_a_whole_one(page: Any, sandbox: SandboxSlack) -> None:
    page.type("#composer-text", "good morning @fro")
    page.press("#composer-text", "Enter")
    assert page.input_value("#composer-text") == "good morning @frontline "
    page.press("#composer-text", "Enter")
    sandbox.wait_for(lambda: sandbox.messages("floor"))
    assert sandbox.messages("floor")[0].text == f"good morning <@{BOT_USER_ID}>"


def test_words_of_people_stay_words(page: Any) -> None:
    send(page, "<img src=x onerror=alert(1)> <script>alert(2)</script> *bold* <https://evil.example/|look>")
    page.wait_for_selector(".message .text strong")
    shown = page.locator(".message .text").last.inner_text()
    assert "<img src=x onerror=alert(1)> <script>alert(2)</script> bold" in shown
    assert page.locator("#timeline img, #timeline script, #timeline a").count() == 0


def test_tables_sort_and_page_and_charts_can_be_read_as_tables(page: Any, sandbox: SandboxSlack) -> None:
    channel = sandbox.workspace.channel("floor").id
    message = Message(channel, sandbox.workspace.next_ts(), BOT_USER_ID, "figures", [table(7), chart()], bot_id=BOT_ID)
    sandbox.workspace.add_message(message)
    page.wait_for_selector("#timeline .data-table >> nth=0")
    rows = page.locator("#timeline .data-table").first.locator("tbody tr")
    assert rows.count() == 5
    page.click("#timeline .data-table >> nth=0 >> text=Value")
    page.click("#timeline .data-table >> nth=0 >> text=Value")
    assert rows.first.inner_text().split() == ["r6", "6"]
    page.click("[aria-label='Next rows']")
    assert rows.count() == 2
    assert "phone from 1 (May) to 2 (Jun)" in page.get_attribute("figure svg[role=img]", "aria-label")
    page.click("text=Show as table")
    assert page.locator("figure .data-table tbody tr").count() == 2


def test_the_inspector_shows_what_the_app_sent(page: Any) -> None:
    send(page, "/ask raw")
    page.hover("text=You asked: raw")
    page.locator(".message", has_text="You asked: raw").locator("text=Raw payload").click()
    page.wait_for_selector("#panel .raw")
    assert '"text": "You asked: raw"' in page.locator("#panel .raw").first.inner_text()


def test_the_clock_jumps_to_tomorrow_morning(page: Any, sandbox: SandboxSlack) -> None:
    assert page.inner_text("#clock-time") == "10:40"
    page.click("#clock-jump")
    page.locator("#clock-time", has_text="09:00").wait_for()
    assert sandbox.workspace.now() == dt.datetime(2026, 6, 18, 7, 0, tzinfo=dt.UTC)
    page.locator("#clock-news", has_text="Nothing was posted on the way.").wait_for()


def test_the_page_offers_further_jumps(page: Any, sandbox: SandboxSlack) -> None:
    page.click("#clock-jumps >> text=+1 hour")
    page.locator("#clock-time", has_text="11:40").wait_for()
    page.click("#clock-jumps >> text=5 July 09:00")
    page.locator("#clock-date", has_text="5 July 2026").wait_for()
    assert sandbox.workspace.now() == dt.datetime(2026, 7, 5, 7, 0, tzinfo=dt.UTC)


def test_home_shows_what_the_app_published(page: Any) -> None:
    page.click("[data-room=home]")
    page.wait_for_selector(".home >> text=Your desk")


def test_everything_can_be_reached_by_keyboard(page: Any) -> None:
    send(page, "@frontline hello")
    page.wait_for_selector(".thread-link")
    page.focus(".thread-link")
    page.keyboard.press("Enter")
    page.wait_for_selector("#thread-text:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")


def table(count: int) -> dict[str, Any]:
    rows: list[Any] = [[{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Value"}]]
    rows += [
        [{"type": "raw_text", "text": f"r{i}"}, {"type": "raw_number", "value": i, "text": str(i)}]
        for i in range(count)
    ]
    return {"type": "data_table", "caption": "Figures", "page_size": 5, "rows": rows}


def chart() -> dict[str, Any]:
    points = [{"label": "May", "value": 1}, {"label": "Jun", "value": 2}]
    axis = {"categories": ["May", "Jun"]}
    series = [{"name": "phone", "data": points}]
    return {
        "type": "data_visualization",
        "title": "Trend",
        "chart": {"type": "line", "series": series, "axis_config": axis},
    }

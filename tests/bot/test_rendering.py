"""Whatever a handler answers, Slack takes it, and the words say the same as the picture."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import limits
from bot.cells import write_cell
from bot.render_blocks import Level, next_level, render_blocks, weigh
from bot.render_csv import csv_name, neutralise, reply_csv
from bot.render_text import render_text, slack_text
from bot.render_view import home_view, reply_view
from frontline.core.reply import Button, Chart, Column, Item, Paragraph, Quote, Reply, Table, Tone
from tests.bot import judge, strategies
from tests.bot.cast import anonymized

PATIENT = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PING = "<!channel> <@U1> <https://evil.example|your bank> & co"


@PATIENT
@given(reply=strategies.replies, level=st.sampled_from(Level))
def test_any_reply_keeps_slack_s_limits(reply: Reply, level: Level) -> None:
    blocks = render_blocks(reply, level=level)
    judge.check_message(blocks)
    assert weigh(blocks) <= limits.MESSAGE_CHARACTERS + 3000
    text = slack_text(reply)
    assert 0 < judge.utf16(text) <= 4000
    assert "<" not in text
    judge.check_view(home_view(reply))
    judge.check_view(reply_view(reply))


@pytest.mark.data
@PATIENT
@given(reply=strategies.replies, level=st.sampled_from(Level))
def test_any_reply_passes_slack_s_own_schema(reply: Reply, level: Level) -> None:
    if not judge.has_schema():
        pytest.skip("Slack's block schema is not here")
    judge.check_schema(render_blocks(reply, level=level))


@PATIENT
@given(reply=strategies.replies)
def test_the_terminal_can_show_any_reply(reply: Reply) -> None:
    text = render_text(reply)
    assert not any(ord(character) < 32 and character not in "\n\t" for character in text)
    assert "\u202e" not in text


def answer() -> Reply:
    table = Table(
        "First-contact resolution by channel",
        [Column("channel", "Channel"), Column("fcr", "FCR", "share"), Column("n", "n", "count")],
        [["phone", 0.714, 12034], ["chat", None, 4]],
    )
    chart = Chart(
        "FCR by week", "line", ["w1", "w2"], [("FCR", [0.7, 0.714])], "FCR rose from 70.0 % to 71.4 %.", "share"
    )
    return Reply(
        "FCR was 71.4 % in May 2026",
        context="1 May to 31 May 2026, Europe/Amsterdam",
        parts=[table, chart, Paragraph("*Definition* `fcr_rate` v3")],
        buttons=[
            Button("Show how", "answer.explain", "q1"),
            Button("Drop", "answer.drop", "q1", Tone.DANGER, "Really?"),
        ],
        warnings=["The last three days are not mature."],
    )


def test_the_text_states_the_same_answer_as_the_blocks() -> None:
    text = render_text(answer())
    for words in ("FCR was 71.4 % in May 2026", "Europe/Amsterdam", "71.4 %", "12,034", "70.0 %", "not mature"):
        assert words in text
    assert "Definition fcr_rate v3" in text


def test_the_choices_are_named_unless_the_reader_has_no_buttons() -> None:
    assert "[Show how] [Drop]" in render_text(answer())
    assert "Show how" not in render_text(answer(), with_buttons=False)


def test_figures_and_charts_are_native_blocks() -> None:
    blocks = render_blocks(answer())
    table = next(block for block in blocks if block["type"] == "data_table")
    assert table["rows"][1][1] == {"type": "raw_number", "value": 0.714, "text": "71.4 %"}
    assert table["rows"][2][1] == {"type": "raw_text", "text": "–"}
    chart = next(block for block in blocks if block["type"] == "data_visualization")
    assert chart["chart"]["series"][0]["data"] == [{"label": "w1", "value": 70.0}, {"label": "w2", "value": 71.4}]
    assert chart["chart"]["axis_config"]["y_label"] == "%"
    assert "FCR rose from 70.0 % to 71.4 %." in judge.shown(blocks)


def test_a_simpler_level_has_no_new_blocks_and_still_the_figures() -> None:
    blocks = render_blocks(answer(), level=Level.CLASSIC)
    assert not {block["type"] for block in blocks} & {"data_table", "data_visualization"}
    assert "71.4 %" in judge.shown(blocks)
    assert "FCR rose" in judge.shown(blocks)
    assert [next_level(level) for level in Level] == [Level.CLASSIC, Level.PLAIN, None]


def test_words_of_people_cannot_ping_link_or_draw() -> None:
    words = anonymized(PING)
    table = Table("t", [Column("words", "Words")], [[words], [words]])
    reply = Reply("One quote", parts=[Quote(words), Item(words, "detail"), table])
    for level in Level:
        for block in render_blocks(reply, level=level):
            for node in judge._nodes(block):
                if node.get("type") == "mrkdwn":
                    assert "<" not in node["text"]
                assert node.get("type") not in ("link", "user", "broadcast", "channel", "usergroup", "emoji")
    assert "<" not in slack_text(reply)
    assert PING in render_text(reply)


def test_words_of_the_product_are_escaped_too() -> None:
    shown = judge.shown(render_blocks(Reply("x", parts=[Paragraph(PING), Item(PING, PING)])))
    assert "<!channel>" not in shown.replace("*", "") or "&lt;!channel&gt;" in shown
    assert "&lt;@U1&gt;" in shown


def test_more_rows_than_slack_draws_are_a_first_page_and_a_file() -> None:
    table = Table("Cases", [Column("id", "Case"), Column("n", "n", "count")], [[f"c{i}", i] for i in range(250)])
    reply = Reply("250 cases", parts=[table])
    blocks = render_blocks(reply)
    assert "Showing the first 100 of 250 rows." in judge.shown(blocks)
    text = reply_csv(reply)
    assert text is not None
    assert len(text.splitlines()) == 251
    assert reply_csv(Reply("few", parts=[Table("t", table.columns, table.rows[:100])])) is None
    assert reply_csv(Reply("few", parts=[Table("t", table.columns, table.rows[:100])], csv="a\n1\n")) is None
    assert reply_csv(Reply("the CSV button", csv="a\n1\n")) == "a\n1\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n=", " ="])
def test_no_cell_of_a_csv_file_is_a_formula(start: str) -> None:
    bad = f"{start}HYPERLINK(1)"
    rows = [[anonymized(bad), -5], [bad, 0.5]] * 60
    reply = Reply("x", parts=[Table("t", [Column("a", bad), Column("b", "b", "count")], rows)])
    raw = io.StringIO()
    csv.writer(raw).writerow([bad, "-5", "-0.25"])
    for text in (reply_csv(reply), neutralise(raw.getvalue()), reply_csv(reply.with_(csv=raw.getvalue()))):
        assert text is not None
        for row in csv.reader(io.StringIO(text)):
            assert row[0].startswith("'")
            assert row[1] in ("-5", "0.5", "b")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.csv", "", "..", "x" * 300, "a\nb.csv"])
def test_a_file_name_is_only_a_name(name: str) -> None:
    made = csv_name(Reply("x", csv_name=name))
    assert made.endswith(".csv")
    assert len(made) <= 84
    assert not set(made) & set("/\\\n")
    assert not made.startswith(".")


@pytest.mark.parametrize(
    ("cell", "style", "written"),
    [
        (0.8234, "share", "82.3 %"),
        (None, "share", "–"),
        (float("nan"), "count", "–"),
        (12034, "count", "12,034"),
        (38, "duration", "38 s"),
        (252, "duration", "4 min 12 s"),
        (3900, "duration", "1 h 05 min"),
        (200_000, "duration", "2 d 7 h"),
        (-59.7, "duration", "-1 min 00 s"),
        (1234.5, "money", "1,234.50"),
        (4.216, "score", "4.22"),
        (-31.25, "score", "-31.2"),
        ("2026-05-01", "date", "2026-05-01"),
        ("", "text", "–"),
    ],
)
def test_a_figure_is_written_as_people_say_it(cell: float | str | None, style: str, written: str) -> None:
    assert write_cell(cell, style) == written


def test_a_category_without_a_value_is_left_out_of_the_picture_and_said() -> None:
    chart = Chart("FCR", "line", ["w1", "w2", "w3"], [("a", [1.0, None, 3.0])], "up")
    blocks = render_blocks(Reply("x", parts=[chart]))
    drawn = next(block for block in blocks if block["type"] == "data_visualization")
    assert drawn["chart"]["axis_config"]["categories"] == ["w1", "w3"]
    assert "2 of 3 points drawn" in judge.shown(blocks)


def test_of_a_long_course_the_latest_points_are_drawn() -> None:
    chart = Chart("FCR", "line", [f"w{i}" for i in range(52)], [("a", [float(i) for i in range(52)])], "up")
    block = render_blocks(Reply("x", parts=[chart]))[1]
    assert block["chart"]["axis_config"]["categories"][-1] == "w51"
    assert len(block["chart"]["axis_config"]["categories"]) == 20


def test_what_does_not_fit_is_named() -> None:
    blocks = render_blocks(
        Reply("Many", parts=[Item(f"theme {i}", "detail") for i in range(80)], buttons=[Button("A", "a")])
    )
    assert len(blocks) == 50
    assert "more not shown here" in judge.shown(blocks)
    assert blocks[-1]["type"] == "actions"

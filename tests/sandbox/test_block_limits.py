"""The judge of Block Kit payloads: limits at their edge, structure, uniqueness, Slack's own schema."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.sandbox.slack.blocks import BlockJudge

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "slack" / "knownblock.schema.json"
JUDGE = BlockJudge()


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def button(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": f"b{number}", "text": plain("Go"), **more}


def option(text: str = "One", value: str = "1") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def table(rows: int = 2, columns: int = 2, **more: Any) -> dict[str, Any]:
    cells = [[{"type": "raw_text", "text": f"{r}.{c}"} for c in range(columns)] for r in range(rows)]
    return {"type": "data_table", "caption": "Figures", "rows": cells, **more}


def chart(series: int = 1, points: int = 2, **more: Any) -> dict[str, Any]:
    names = [f"c{i}" for i in range(points)]
    lines = [{"name": f"s{i}", "data": [{"label": name, "value": 1.5} for name in names]} for i in range(series)]
    drawing = {"type": "line", "series": lines, "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": "Trend", "chart": drawing, **more}


def pie(count: int, value: float = 1) -> dict[str, Any]:
    segments = [{"label": f"p{i}", "value": value} for i in range(count)]
    return {"type": "data_visualization", "title": "Parts", "chart": {"type": "pie", "segments": segments}}


def select(count: int, **more: Any) -> dict[str, Any]:
    options = [option(value=str(i)) for i in range(count)]
    return {"type": "section", "text": mrkdwn("x"), "accessory": {"type": "static_select", "options": options, **more}}


AT_THE_EDGE: list[tuple[str, Any, Any]] = [
    ("section text", *({"type": "section", "text": mrkdwn("x" * n)} for n in (3000, 3001))),
    ("fields", *({"type": "section", "fields": [mrkdwn("x")] * n} for n in (10, 11))),
    ("field text", *({"type": "section", "fields": [mrkdwn("x" * n)]} for n in (2000, 2001))),
    ("header", *({"type": "header", "text": plain("x" * n)} for n in (150, 151))),
    ("context", *({"type": "context", "elements": [mrkdwn("x")] * n} for n in (10, 11))),
    ("actions", *({"type": "actions", "elements": [button(i) for i in range(n)]} for n in (25, 26))),
    ("button text", *({"type": "actions", "elements": [button(text=plain("x" * n))]} for n in (75, 76))),
    ("button value", *({"type": "actions", "elements": [button(value="x" * n)]} for n in (2000, 2001))),
    ("options", *(select(n) for n in (100, 101))),
    ("option text", *(select(1, options=[option("x" * n)]) for n in (75, 76))),
    ("overflow", *(select(n, type="overflow") for n in (5, 6))),
    ("markdown", *({"type": "markdown", "text": "x" * n} for n in (12_000, 12_001))),
    ("block id", *({"type": "divider", "block_id": "x" * n} for n in (255, 256))),
    ("rows of a table", *(table(n) for n in (101, 102))),
    ("least rows of a table", *(table(n) for n in (2, 1))),
    ("columns of a table", *(table(2, n) for n in (20, 21))),
    ("page size", *(table(page_size=n) for n in (100, 101))),
    ("row header", *(table(row_header_column_index=n) for n in (1, 2))),
    ("series", *(chart(n) for n in (6, 7))),
    ("points", *(chart(1, n) for n in (20, 21))),
    ("chart title", *(chart(title="x" * n) for n in (50, 51))),
    ("parts of a pie", *(pie(n) for n in (6, 7))),
    ("value of a part", *(pie(1, n) for n in (0.01, 0))),
]


@pytest.mark.parametrize(("name", "fits", "exceeds"), AT_THE_EDGE, ids=[name for name, _, _ in AT_THE_EDGE])
def test_a_limit_holds_exactly_at_its_edge(name: str, fits: Any, exceeds: Any) -> None:
    del name
    assert JUDGE.judge([fits]) == []
    assert JUDGE.judge([exceeds]) != []


@pytest.mark.parametrize(("surface", "fits", "exceeds"), [("message", 50, 51), ("modal", 100, 101), ("home", 100, 101)])
def test_the_number_of_blocks_depends_on_the_surface(surface: str, fits: int, exceeds: int) -> None:
    assert JUDGE.judge([{"type": "divider"}] * fits, surface=surface) == []
    assert JUDGE.judge([{"type": "divider"}] * exceeds, surface=surface) != []


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "nonsense"}],
        ["no object"],
        [{"type": "section"}],
        [{"type": "header", "text": mrkdwn("x")}],
        [{"type": "section", "text": mrkdwn("")}],
        [{"type": "actions", "elements": []}],
        [{"type": "actions", "elements": [button(1), button(1)]}],
        [{"type": "actions", "elements": [button(style="green")]}],
        [{"type": "actions", "elements": [button(confirm={"title": plain("x")})]}],
        [{"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "x"}]}],
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        [{"type": "image", "image_url": "https://x.example/a.png"}],
        [{"type": "image", "image_url": "/relative.png", "alt_text": "x"}],
        [{"type": "markdown", "text": "x" * 7000}, {"type": "markdown", "text": "x" * 7000}],
        [chart(), chart(), chart()],
        [table(caption="")],
    ],
)
def test_what_slack_would_not_take_is_found(blocks: Any) -> None:
    assert JUDGE.judge(blocks) != []


@pytest.mark.parametrize("kind", ["table", "data_table", "data_visualization", "markdown"])
def test_some_blocks_belong_into_messages_only(kind: str) -> None:
    block = {"table": table(type="table"), "data_table": table(), "data_visualization": chart()}.get(
        kind, {"type": "markdown", "text": "x"}
    )
    assert JUDGE.judge([block]) == []
    assert JUDGE.judge([block], surface="modal") != []


def test_every_series_has_one_value_per_category() -> None:
    gap, order, empty = (copy.deepcopy(chart(2, 3)) for _ in range(3))
    gap["chart"]["series"][1]["data"].pop()
    order["chart"]["series"][1]["data"].reverse()
    empty["chart"]["series"][0]["data"][0]["value"] = None
    for broken in (gap, order, empty):
        assert JUDGE.judge([broken]) != []


def test_rows_of_a_table_are_equally_long_and_its_head_is_plain() -> None:
    ragged, rich = table(3), table(3)
    ragged["rows"][1].pop()
    rich["rows"][0][0] = {"type": "rich_text", "elements": []}
    assert JUDGE.judge([ragged]) != []
    assert JUDGE.judge([rich]) != []


def test_a_workspace_without_the_new_blocks_refuses_them() -> None:
    judge = BlockJudge(without=("data_visualization", "data_table"))
    assert "unsupported type: data_table" in judge.judge([table()])[0]
    assert judge.judge([{"type": "divider"}]) == []


KEYS = (
    *("type", "text", "rows", "elements", "chart", "series", "segments", "axis_config", "categories", "data"),
    *("label", "value", "options", "option_groups", "initial_options", "confirm", "accessory", "element", "caption"),
)
WORDS = (
    "plain_text",
    "mrkdwn",
    "button",
    "static_select",
    "overflow",
    "checkboxes",
    "raw_text",
    "rich_text",
    "pie",
    "bar",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
KINDS = ("section", "actions", "context", "header", "input", "image", "data_table", "data_visualization", "rich_text")


@settings(max_examples=600, deadline=None)
@given(kind=st.sampled_from(KINDS), extra=st.dictionaries(st.sampled_from(KEYS[1:]), JSON, max_size=4))
def test_the_judge_never_stumbles_over_nonsense(kind: str, extra: dict[str, Any]) -> None:
    assert isinstance(JUDGE.judge([{**extra, "type": kind}]), list)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "data_table", "caption": "x", "rows": [None, 1]},
        {"type": "data_table", "caption": "x", "rows": [[{"type": "rich_text", "elements": [None, 3]}]] * 2},
        {"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": [None]}},
        {"type": "data_visualization", "title": "x", "chart": {"type": "bar", "axis_config": {"categories": [{}]}}},
        select(1, option_groups=[None], options=None),
        select(1, initial_options=3),
    ],
)
def test_broken_parts_are_found_not_stumbled_over(block: dict[str, Any]) -> None:
    if block["type"] == "section" and "option_groups" in block["accessory"]:
        del block["accessory"]["options"]
    assert isinstance(JUDGE.judge([block]), list)


@pytest.mark.data
@pytest.mark.skipif(not SCHEMA.exists(), reason="the public data folder is not beside the repository")
def test_slacks_own_schema_joins_the_judgement() -> None:
    judge = BlockJudge(schema=SCHEMA)
    good = [{"type": "section", "text": mrkdwn("x")}, table(), chart(), {"type": "actions", "elements": [button()]}]
    assert judge.judge(good) == []
    unknown = {"type": "section", "text": mrkdwn("x"), "colour": "red"}
    assert JUDGE.judge([unknown]) == []
    assert "published type" in judge.judge([unknown])[0]

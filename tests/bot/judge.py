"""Judges of what we send: Slack's own schema (where it is here), and a table of its length limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "slack" / "knownblock.schema.json"

# (type, field) -> most characters; "text.text" looks into the field's own object.
LENGTHS = {
    ("header", "text.text"): 150,
    ("section", "text.text"): 3000,
    ("button", "text.text"): 75,
    ("button", "action_id"): 255,
    ("button", "value"): 2000,
    ("confirm", "title.text"): 100,
    ("confirm", "text.text"): 300,
    ("confirm", "confirm.text"): 30,
    ("confirm", "deny.text"): 30,
    ("option", "text.text"): 75,
    ("option", "value"): 150,
    ("input", "label.text"): 2000,
    ("input", "hint.text"): 2000,
    ("input", "block_id"): 255,
    ("plain_text_input", "initial_value"): 3000,
    ("data_visualization", "title"): 50,
    ("modal", "title.text"): 24,
    ("modal", "submit.text"): 24,
    ("modal", "close.text"): 24,
    ("modal", "private_metadata"): 3000,
    ("modal", "callback_id"): 255,
}


@cache
def _validator() -> jsonschema.protocols.Validator:
    schema = json.loads(SCHEMA.read_text())
    return jsonschema.Draft7Validator(schema)


def has_schema() -> bool:
    return SCHEMA.exists()


def check_schema(blocks: list[dict[str, Any]]) -> None:
    """Assert that Slack's types accept every block; charts are newer than the schema."""
    for block in blocks:
        if block["type"] == "data_visualization":
            check_chart(block)
            continue
        # Judged by the one definition of its type: the error then names the field.
        name = "".join(word.capitalize() for word in block["type"].split("_")) + "Block"
        validator = _validator().evolve(schema={**_validator().schema, "$ref": f"#/definitions/{name}"})
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(block)]
        assert not errors, errors[:3]


def check_message(blocks: list[dict[str, Any]]) -> None:
    """Assert the limits of a message."""
    assert 1 <= len(blocks) <= 50
    check_blocks(blocks)
    assert sum(block["type"] == "data_visualization" for block in blocks) <= 2
    tables = [block for block in blocks if block["type"] == "data_table"]
    assert sum(len(cell["text"]) for table in tables for row in table["rows"] for cell in row) <= 10_000


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    """Assert the limits of every block, wherever it stands."""
    json.dumps(blocks, allow_nan=False).encode()
    for block in blocks:
        for node in _nodes(block):
            check_node(node)
        ids = [element.get("action_id") for element in block.get("elements", []) if isinstance(element, dict)]
        assert len(ids) == len(set(ids)) or ids.count(None) == len(ids)


def check_node(node: dict[str, Any]) -> None:
    kind = node.get("type") or ("option" if {"value", "text"} <= set(node) else "confirm" if "deny" in node else "")
    for (of, path), most in LENGTHS.items():
        value: Any = node if of == kind else None
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            assert utf16(value) <= most, (of, path, len(value))
    if kind in ("plain_text", "mrkdwn", "raw_text", "raw_number"):
        assert node["text"].strip(), f"empty {kind}"
    if kind == "mrkdwn":
        assert node["verbatim"] is True
    if kind == "context":
        assert 1 <= len(node["elements"]) <= 10
    if kind == "actions":
        assert 1 <= len(node["elements"]) <= 25
    if kind == "data_table":
        widths = {len(row) for row in node["rows"]}
        assert 2 <= len(node["rows"]) <= 101
        assert len(widths) == 1
        assert 1 <= widths.pop() <= 20
        assert node["caption"].strip()
        assert 1 <= node["page_size"] <= 100
    if kind in ("static_select", "multi_static_select"):
        assert ("options" in node) != ("option_groups" in node)
        groups = node.get("option_groups", [node])
        assert 1 <= len(groups) <= 100
        assert all(1 <= len(group["options"]) <= 100 for group in groups)
    if kind == "checkboxes":
        assert 1 <= len(node["options"]) <= 10
    if kind == "plain_text_input":
        assert 1 <= node["max_length"] <= 3000
        assert utf16(node.get("initial_value", "")) <= node["max_length"]


def check_chart(block: dict[str, Any]) -> None:
    """Assert what Slack's reference says about the data visualization block."""
    assert set(block) <= {"type", "title", "chart", "block_id"}
    assert block["title"].strip()
    chart = block["chart"]
    if chart["type"] == "pie":
        assert 1 <= len(chart["segments"]) <= 6
        labels = [segment["label"] for segment in chart["segments"]]
        assert all(segment["value"] > 0 for segment in chart["segments"])
    else:
        assert chart["type"] in ("line", "bar", "area")
        labels = chart["axis_config"]["categories"]
        names = [series["name"] for series in chart["series"]]
        assert 1 <= len(names) <= 6
        assert len(set(names)) == len(names)
        assert all(name.strip() and utf16(name) <= 20 for name in names)
        for series in chart["series"]:
            assert [point["label"] for point in series["data"]] == labels
            assert all(isinstance(point["value"], int | float) for point in series["data"])
        assert utf16(chart["axis_config"].get("y_label", "")) <= 50
    assert 1 <= len(labels) <= 20
    assert len(set(labels)) == len(labels)
    assert all(label.strip() and utf16(label) <= 20 for label in labels)


def check_view(view: dict[str, Any]) -> None:
    """Assert the limits of a modal or Home."""
    check_node(view)
    assert 1 <= len(view["blocks"]) <= 100
    check_blocks(view["blocks"])
    keys = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(set(keys)) == len(keys)
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert not inputs or "submit" in view


def utf16(text: str) -> int:
    """The length of ``text`` as a browser counts it."""
    return len(text.encode("utf-16-le")) // 2


def shown(blocks: list[dict[str, Any]]) -> str:
    """Every text of the blocks, for looking into them."""
    return "\n".join(node["text"] for block in blocks for node in _nodes(block) if isinstance(node.get("text"), str))


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)

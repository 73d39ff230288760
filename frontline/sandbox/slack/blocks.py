"""Judges Block Kit payloads as Slack does: structure, limits, uniqueness; optionally Slack's own JSON schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from frontline.sandbox.slack import charts
from frontline.sandbox.slack.elements import (
    Fault,
    action_ids,
    check_count,
    check_element,
    check_image,
    check_string,
    check_text,
    is_object,
)
from frontline.sandbox.slack.records import Json

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_CHARACTERS = 12_000
RICH_KINDS = ("data_table", "data_visualization")
# Blocks that our own schema check leaves to the table of limits: they are newer than the published types.
_NEWER_THAN_SCHEMA = ("data_visualization",)
_MESSAGE_ONLY = ("markdown", "table", "data_table", "data_visualization", "file", "context_actions")


class BlockJudge:
    """Judges blocks. ``schema`` is the path of Slack's JSON schema; ``without`` names kinds not rolled out here."""

    def __init__(self, *, schema: Path | None = None, without: tuple[str, ...] = ()) -> None:
        self._schema = schema
        self.without = without
        self._validator: Any = None

    def judge(self, blocks: Any, *, surface: str = "message") -> list[str]:
        """Return what is wrong, each with its JSON pointer; empty when Slack would take the blocks.

        ``surface`` is ``message``, ``modal`` or ``home``.
        """
        problems: list[str] = []

        def fault(message: str, pointer: str) -> None:
            problems.append(f"{message} [json-pointer:{pointer}]")

        most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
        found = check_count(blocks, "/blocks", fault, most=most, least=0)
        for index, block in enumerate(found):
            self._judge_block(block, f"/blocks/{index}", fault, surface=surface)
        _judge_whole(found, fault)
        if self._schema is not None and not problems:
            self._judge_by_schema(found, fault)
        return problems

    def _judge_block(self, block: Any, pointer: str, fault: Fault, *, surface: str) -> None:
        kind = block.get("type") if is_object(block) else None
        check = _CHECKS.get(str(kind))
        if check is None or kind in self.without or (surface != "message" and kind in _MESSAGE_ONLY):
            return fault(f"unsupported type: {kind}", pointer)
        if "block_id" in block:
            check_string(block["block_id"], f"{pointer}/block_id", fault, limit=255)
        return check(block, pointer, fault)

    def _judge_by_schema(self, blocks: list[Json], fault: Fault) -> None:
        if self._validator is None:
            import jsonschema

            assert self._schema is not None
            self._validator = jsonschema.Draft7Validator(json.loads(self._schema.read_text()))
        for index, block in enumerate(blocks):
            if block.get("type") not in _NEWER_THAN_SCHEMA and not self._validator.is_valid(block):
                fault("does not match Slack's published type", f"/blocks/{index}")


def _judge_whole(blocks: list[Any], fault: Fault) -> None:
    ids = [block["block_id"] for block in blocks if is_object(block) and block.get("block_id")]
    if len(set(ids)) != len(ids):
        fault("block_id must be unique", "/blocks")
    kinds = [block.get("type") for block in blocks if is_object(block)]
    if kinds.count("data_visualization") > charts.CHARTS_A_MESSAGE:
        fault(f"no more than {charts.CHARTS_A_MESSAGE} data_visualization blocks", "/blocks")
    markdown = sum(len(str(b.get("text", ""))) for b in blocks if is_object(b) and b.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        fault(f"no more than {MARKDOWN_CHARACTERS} characters of markdown", "/blocks")


def _section(block: Json, pointer: str, fault: Fault) -> None:
    if "text" not in block and "fields" not in block:
        fault("must have text or fields", pointer)
    if "text" in block:
        check_text(block["text"], f"{pointer}/text", fault, limit=3000)
    if "fields" in block:
        for index, text in enumerate(check_count(block["fields"], f"{pointer}/fields", fault, most=10)):
            check_text(text, f"{pointer}/fields/{index}", fault, limit=2000)
    if "accessory" in block:
        check_element(block["accessory"], f"{pointer}/accessory", fault, place="accessory")


def _header(block: Json, pointer: str, fault: Fault) -> None:
    check_text(block.get("text"), f"{pointer}/text", fault, limit=150, plain=True)


def _context(block: Json, pointer: str, fault: Fault) -> None:
    for index, part in enumerate(check_count(block.get("elements"), f"{pointer}/elements", fault, most=10)):
        here = f"{pointer}/elements/{index}"
        if is_object(part) and part.get("type") == "image":
            check_image(part, here, fault)
        else:
            # Slack publishes no limit for context texts; 2,000 is what its builder refuses.
            check_text(part, here, fault, limit=2000)


def _actions(block: Json, pointer: str, fault: Fault) -> None:
    elements = check_count(block.get("elements"), f"{pointer}/elements", fault, most=25)
    for index, element in enumerate(elements):
        check_element(element, f"{pointer}/elements/{index}", fault, place="actions")
    ids = action_ids(elements)
    if len(set(ids)) != len(ids):
        fault("action_id must be unique in its block", f"{pointer}/elements")


def _context_actions(block: Json, pointer: str, fault: Fault) -> None:
    for index, element in enumerate(check_count(block.get("elements"), f"{pointer}/elements", fault, most=5)):
        check_element(element, f"{pointer}/elements/{index}", fault, place="context_actions")


def _input(block: Json, pointer: str, fault: Fault) -> None:
    check_text(block.get("label"), f"{pointer}/label", fault, limit=2000, plain=True)
    if "hint" in block:
        check_text(block["hint"], f"{pointer}/hint", fault, limit=2000, plain=True)
    check_element(block.get("element"), f"{pointer}/element", fault, place="input")


def _image(block: Json, pointer: str, fault: Fault) -> None:
    check_image(block, pointer, fault)
    if "title" in block:
        check_text(block["title"], f"{pointer}/title", fault, limit=2000, plain=True)


def _markdown(block: Json, pointer: str, fault: Fault) -> None:
    check_string(block.get("text"), f"{pointer}/text", fault, limit=MARKDOWN_CHARACTERS)


def _rich_text(block: Json, pointer: str, fault: Fault) -> None:
    known = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
    for index, part in enumerate(check_count(block.get("elements"), f"{pointer}/elements", fault, most=1000)):
        if not is_object(part) or part.get("type") not in known:
            fault("unsupported rich text element", f"{pointer}/elements/{index}")


def _table(block: Json, pointer: str, fault: Fault) -> None:
    charts.check_rows(check_count(block.get("rows"), f"{pointer}/rows", fault, most=100), pointer, fault)


def _alert(block: Json, pointer: str, fault: Fault) -> None:
    check_text(block.get("text"), f"{pointer}/text", fault, limit=3000)


def _nothing(block: Json, pointer: str, fault: Fault) -> None:
    del block, pointer, fault


_CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "context_actions": _context_actions,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "divider": _nothing,
    "file": _nothing,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "table": _table,
    "data_table": charts.check_data_table,
    "data_visualization": charts.check_chart,
    "alert": _alert,
}

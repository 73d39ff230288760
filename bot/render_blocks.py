"""A reply as Block Kit. Whatever the reply holds, the blocks pass Slack's schema and limits.

Words of the product are mrkdwn, escaped and verbatim (Slack links nothing by itself); words of people stand only in
plain and rich text elements, where a ping, a link or an emoji is just characters.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import limits
from bot.cells import show_words
from bot.render_charts import chart_block, table_block, table_size
from bot.render_csv import is_too_big
from bot.render_text import plain, render_text, table_lines
from frontline.core.reply import Button, Chart, Item, Paragraph, Part, Quote, Reply, Table, Tone
from frontline.core.text import AnonymizedText

Block = dict[str, Any]

# Blocks of closing buttons: 25 buttons each, more than anybody reads.
_TAIL = 5


class Level(enum.Enum):
    """What the other side can draw. Slack rolls new blocks out in phases and refuses them with invalid_blocks."""

    RICH = "rich"  # native tables and charts
    CLASSIC = "classic"  # tables as preformatted text, charts in words
    PLAIN = "plain"  # nothing but plain text


def render_blocks(reply: Reply, *, level: Level = Level.RICH, most: int = limits.MESSAGE_BLOCKS) -> list[Block]:
    """Return at most ``most`` blocks that state the answer; what does not fit is named in a last line."""
    if level is Level.PLAIN:
        return _plain_blocks(reply)[:most]
    page = _Page(level)
    head, tail = page.head(reply), _actions(reply.buttons, page)[:_TAIL]
    return head + page.body(reply.parts, head, tail, most) + tail or [_section("Done.")]


def next_level(level: Level) -> Level | None:
    """Return what to try after ``invalid_blocks``, or None when nothing simpler is left."""
    order = list(Level)
    position = order.index(level) + 1
    return order[position] if position < len(order) else None


@dataclass
class _Page:
    """What one message has used up so far."""

    level: Level
    charts: int = 0
    cells: int = 0
    buttons: int = field(default=0)

    def head(self, reply: Reply) -> list[Block]:
        blocks = _headline(reply)
        if reply.context.strip():
            blocks.append(_context(reply.context))
        for warning in reply.warnings[: limits.CONTEXT_ELEMENTS]:
            blocks.append(_context(f"Note: {warning}"))
        return blocks

    def body(self, parts: Sequence[Part], head: list[Block], tail: list[Block], most: int) -> list[Block]:
        """Return the blocks of the parts that fit between ``head`` and ``tail``, and how many did not."""
        room = most - len(head) - len(tail) - 1
        characters = limits.MESSAGE_CHARACTERS - weigh(head) - weigh(tail)
        blocks: list[Block] = []
        for count, part in enumerate(parts):
            group = self.part(part)
            characters -= weigh(group)
            if len(blocks) + len(group) > room or characters < 0:
                return [*blocks, _context(f"{len(parts) - count} more not shown here.")]
            blocks += group
        return blocks

    def part(self, part: Part) -> list[Block]:
        match part:
            case Paragraph():
                return _paragraphs(part.text)
            case Quote():
                return self._quote(part)
            case Item():
                return self._item(part)
            case Table():
                return self._table(part)
            case Chart():
                return self._chart(part)

    def button(self, button: Button) -> Block | None:
        # A cut value would name another thing: such a button is left out.
        if limits.measure(button.value) > limits.BUTTON_VALUE or len(button.action) > limits.ACTION_ID - 8:
            return None
        if not limits.is_sendable(button.value):
            return None
        self.buttons += 1
        element: Block = {
            "type": "button",
            "text": _plain(button.label, limits.BUTTON_TEXT, "Open"),
            # The number keeps ids apart inside a block, as Slack demands; ``envelopes`` cuts it off again.
            "action_id": f"{button.action}#{self.buttons}",
        }
        if button.value:
            element["value"] = button.value
        if button.tone is not Tone.PLAIN:
            element["style"] = button.tone.value
        if button.confirm.strip():
            element["confirm"] = {
                "title": _plain("Are you sure?", limits.CONFIRM_TITLE, "?"),
                "text": _plain(button.confirm, limits.CONFIRM_TEXT, "?"),
                "confirm": _plain(button.label, limits.CONFIRM_BUTTON, "Yes"),
                "deny": _plain("Cancel", limits.CONFIRM_BUTTON, "No"),
            }
        return element

    def _quote(self, quote: Quote) -> list[Block]:
        blocks: list[Block] = []
        text = limits.fit(quote.text.show(), limits.SECTION_TEXT).strip()
        if text:
            blocks.append(_rich({"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}))
        if quote.caption.strip():
            blocks.append(_context(quote.caption))
        return blocks + _actions(quote.buttons, self)

    def _item(self, item: Item) -> list[Block]:
        title = limits.fit(show_words(item.title), limits.SECTION_TEXT // 2).strip() or "–"
        elements: list[Block] = [{"type": "text", "text": title, "style": {"bold": True}}]
        if isinstance(item.title, AnonymizedText):
            if item.detail.strip():
                detail = limits.fit(plain(item.detail), limits.SECTION_TEXT // 2)
                elements.append({"type": "text", "text": f"\n{detail}"})
            return [_rich({"type": "rich_text_section", "elements": elements}), *_actions(item.buttons, self)]
        words = f"*{limits.fit(plain(title), limits.SECTION_TEXT // 2)}*"
        section = _section(f"{words}\n{item.detail}" if item.detail.strip() else words)
        buttons = [element for button in item.buttons if (element := self.button(button))]
        if len(buttons) == 1:
            return [{**section, "accessory": buttons[0]}]
        return [section, *_action_blocks(buttons)]

    def _table(self, table: Table) -> list[Block]:
        if self.level is not Level.RICH:
            return _preformatted_table(table)
        block, shown = table_block(table, budget=limits.TABLE_CHARACTERS - self.cells)
        if block is None:
            return _preformatted_table(table)
        self.cells += table_size(block)
        notes = []
        if shown < len(table.rows):
            notes.append(f"Showing the first {shown:,} of {len(table.rows):,} rows.")
        if len(table.columns) > limits.TABLE_COLUMNS:
            notes.append(f"Showing the first {limits.TABLE_COLUMNS} of {len(table.columns)} columns.")
        if is_too_big(table):
            notes.append("The CSV file holds all of them.")
        return [block, _context(" ".join(notes))] if notes else [block]

    def _chart(self, chart: Chart) -> list[Block]:
        words = f"*{plain(chart.title)}*\n{chart.alt}" if chart.title.strip() else chart.alt
        if self.level is not Level.RICH or self.charts >= limits.CHARTS:
            return _paragraphs(words)
        block, left_out = chart_block(chart)
        if block is None:
            return _paragraphs(words)
        self.charts += 1
        alt = f"{chart.alt} ({left_out})" if left_out else chart.alt
        return [block, _context(alt)] if alt.strip() else [block]


def weigh(blocks: Sequence[Block]) -> int:
    """Return the characters that blocks show, by which a message is kept clear of msg_blocks_too_long."""
    return sum(_weigh(block) for block in blocks)


def _weigh(node: object) -> int:
    if isinstance(node, dict):
        own = limits.measure(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_weigh(value) for value in node.values() if isinstance(value, dict | list))
    return sum(_weigh(value) for value in node) if isinstance(node, list) else 0


def _headline(reply: Reply) -> list[Block]:
    text = " ".join(plain(reply.headline).split())
    if not text:
        return []
    if reply.parts and limits.measure(text) <= limits.HEADER_TEXT:
        return [{"type": "header", "text": _plain(text, limits.HEADER_TEXT, "–")}]
    bold = {"type": "text", "text": limits.fit(text, limits.SECTION_TEXT), "style": {"bold": True}}
    return [_rich({"type": "rich_text_section", "elements": [bold]})]


def _paragraphs(text: str) -> list[Block]:
    blocks: list[Block] = []
    rest = limits.clean(text).strip()
    while rest and len(blocks) < 5:
        piece, rest = _split(rest)
        blocks.append(_section(piece))
    if rest:
        blocks.append(_context("The rest is too long to be shown here."))
    return blocks


def _split(text: str) -> tuple[str, str]:
    # Escaping makes five characters of one at worst, so that a fifth of the limit always fits.
    fits = limits.measure(limits.escape(text)) <= limits.SECTION_TEXT
    limit = limits.SECTION_TEXT if fits else limits.SECTION_TEXT // 5
    if len(text) <= limit:
        return text, ""
    at = text.rfind("\n", limit // 2, limit)
    at = at if at > 0 else text.rfind(" ", limit // 2, limit)
    at = at if at > 0 else limit
    return text[:at].strip() or "–", text[at:].strip()


def _preformatted_table(table: Table) -> list[Block]:
    lines = table_lines(table, rows=30) if table.rows else ["(no rows)"]
    caption = [_section(f"*{plain(table.caption)}*")] if table.caption.strip() else []
    text = limits.fit("\n".join(lines), limits.SECTION_TEXT)
    if not text.strip():
        return caption
    return [*caption, _rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]})]


def _plain_blocks(reply: Reply) -> list[Block]:
    rest = limits.fit(render_text(reply, rows=30), limits.MESSAGE_CHARACTERS).strip() or "Done."
    blocks: list[Block] = []
    while rest:
        piece, rest = rest[: limits.SECTION_TEXT // 2].strip(), rest[limits.SECTION_TEXT // 2 :].strip()
        blocks.append({"type": "section", "text": _plain(piece, limits.SECTION_TEXT, "–")})
    return blocks


def _actions(buttons: Sequence[Button], page: _Page) -> list[Block]:
    return _action_blocks([element for button in buttons if (element := page.button(button))])


def _action_blocks(elements: list[Block]) -> list[Block]:
    size = limits.ACTION_ELEMENTS
    return [{"type": "actions", "elements": elements[i : i + size]} for i in range(0, len(elements), size)]


def _section(text: str) -> Block:
    words = limits.fit_escaped(text, limits.SECTION_TEXT).strip() or "–"
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}


def _context(text: str) -> Block:
    words = limits.fit_escaped(text, limits.CONTEXT_TEXT).strip() or "–"
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words, "verbatim": True}]}


def _rich(element: Block) -> Block:
    return {"type": "rich_text", "elements": [element]}


def _plain(text: str, limit: int, instead: str) -> Block:
    return {"type": "plain_text", "text": limits.fit(text, limit).strip() or instead, "emoji": False}

"""A reply as plain text: the terminal shows it, a screen reader hears it, ``--json`` carries it as "text"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import limits
from bot.cells import show_words, write_cell
from frontline.core.reply import Button, Cell, Chart, Column, Item, Paragraph, Part, Quote, Reply, Table

_MARKUP = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|`([^`\n]+)`")


def render_text(reply: Reply, *, rows: int = limits.TABLE_ROWS, with_buttons: bool = True) -> str:
    """Return the whole answer in words, without markup; a table shows at most ``rows`` rows.

    ``with_buttons`` names the buttons that close the answer, as [Label]: what can be done next, or chosen from.
    """
    chunks = [plain(reply.headline), plain(reply.context)]
    chunks += [f"Note: {plain(warning)}" for warning in reply.warnings]
    chunks += [_write_part(part, rows) for part in reply.parts]
    if reply.form is not None:
        chunks.append(f"Form: {plain(reply.form.title)}. {plain(reply.form.intro)}".strip())
    chunks.append(_write_buttons(reply.buttons) if with_buttons else "")
    return "\n\n".join(chunk for chunk in chunks if chunk.strip())


def slack_text(reply: Reply) -> str:
    """Return the same answer for the ``text`` of a message: escaped and short enough, never empty."""
    return limits.fit_escaped(render_text(reply, rows=20), limits.MESSAGE_TEXT).strip() or "Done."


def plain(text: str) -> str:
    """Return ``text`` without the light markup (*bold*, _italic_, `code`)."""
    return _MARKUP.sub(lambda match: next(group for group in match.groups() if group is not None), limits.clean(text))


def table_lines(table: Table, *, rows: int = limits.TABLE_ROWS) -> list[str]:
    """Return header, rule and rows of a table in aligned columns; figures stand to the right."""
    if not table.columns:
        return []
    shown = table.rows[:rows]
    body = [_write_row(row, table.columns) for row in shown]
    head = [_one_line(column.label) for column in table.columns]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    right = [column.format not in ("text", "date") for column in table.columns]
    lines = [_align(head, widths, right), "  ".join("-" * width for width in widths)]
    lines += [_align(line, widths, right) for line in body]
    if len(table.rows) > len(shown):
        lines.append(f"({len(table.rows) - len(shown):,} more rows)")
    return lines


def _write_part(part: Part, rows: int) -> str:
    match part:
        case Paragraph():
            return plain(part.text)
        case Quote():
            quoted = "\n".join(f"> {line}" for line in limits.clean(part.text.show()).splitlines())
            return "\n".join(filter(None, [quoted, plain(part.caption), _write_buttons(part.buttons)]))
        case Item():
            title = limits.clean(show_words(part.title))
            return "\n".join(filter(None, [f"• {title}", plain(part.detail), _write_buttons(part.buttons)]))
        case Table():
            lines = table_lines(part, rows=rows) if part.rows else ["(no rows)"]
            return "\n".join([plain(part.caption), *lines])
        case Chart():
            return f"{plain(part.title)}: {plain(part.alt)}"


def _write_buttons(buttons: Sequence[Button]) -> str:
    labels = [f"[{plain(button.label)}]" for button in buttons if button.label.strip()]
    return " ".join(labels)


def _write_row(row: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    cells = [*row, *[None] * len(columns)]
    return [_one_line(write_cell(cell, column.format)) for cell, column in zip(cells, columns, strict=False)]


def _one_line(text: str) -> str:
    return " ".join(limits.clean(text).split())


def _align(values: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = [
        value.rjust(width) if to_right else value.ljust(width)
        for value, width, to_right in zip(values, widths, right, strict=True)
    ]
    return "  ".join(cells).rstrip()

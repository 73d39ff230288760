"""What machines write in the place of a sign: percent codes, entities, escapes, tags and the soft breaks of mail."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from anonymization.disguises import Edit

_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9A-Fa-f]{1,5}|[A-Za-z]{2,8});")
_ESCAPE = re.compile(r"\\u00([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})")
_SOFT_BREAK = re.compile(r"=\r?\n")
_TAGS = re.compile(r"(?<=[\w@.+\-])(?:</?(?!at\b|dot\b)[a-zA-Z]{1,6}\d?(?:\s[^<>]{0,80})?\s?/?>){1,6}(?=[\w@.+])")
_OF_LINES = frozenset(("br", "p", "div", "li", "td", "tr", "th", "ul", "ol", "h1", "h2", "h3", "h4"))


_DEFANGED = re.compile(r"(?<!\w)h(?P<x>xx)ps?://|(?<=\w)(?P<dot>\[\.\]|\{dot\}|\(dot\)|\[dot\])(?=\w)", re.IGNORECASE)


def decoded(text: str) -> Iterable[Edit]:
    """Yield edits, without overlap, that write each code of ``text`` as the sign that it stands for."""
    if "%" in text:
        for found in _PERCENT.finditer(text):
            sign = unquote(found[0], errors="strict") if _is_utf8(found[0]) else ""
            if sign and sign.isprintable():
                yield found.start(), found.end(), sign
    if "&" in text:
        for found in _ENTITY.finditer(text):
            sign = html.unescape(found[0])
            if sign != found[0]:
                yield found.start(), found.end(), sign.replace("\xa0", " ").replace("\xad", "")
    if "\\" in text:
        for found in _ESCAPE.finditer(text):
            sign = chr(int(found[1] or found[2], 16))
            if sign.isprintable():
                yield found.start(), found.end(), sign
    if "=\n" in text or "=\r\n" in text:
        for found in _SOFT_BREAK.finditer(text):
            yield found.start(), found.end(), ""
    if "hxxp" in text:
        for found in _DEFANGED.finditer(text):
            yield *found.span("x" if found["x"] else "dot"), "tt" if found["x"] else "."
    if "<" in text:
        for found in _TAGS.finditer(text):
            is_break = any(kind.lower() in _OF_LINES for kind in re.findall(r"</?([a-zA-Z]{1,6}\d?)", found[0]))
            yield found.start(), found.end(), " " if is_break else ""


def _is_utf8(percent: str) -> bool:
    try:
        unquote(percent, errors="strict")
    except UnicodeDecodeError:
        return False
    return True

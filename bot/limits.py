"""The length limits of Slack, which its JSON Schema does not state, and how a text is cut to them."""

from __future__ import annotations

import re

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
HEADER_TEXT = 150
SECTION_TEXT = 3000
CONTEXT_TEXT = 2000
CONTEXT_ELEMENTS = 10
ACTION_ELEMENTS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
ACTION_ID = 255
BLOCK_ID = 255
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
OPTION_TEXT = 75
OPTION_VALUE = 150
SELECT_OPTIONS = 100
OPTION_GROUPS = 100
CHECKBOX_OPTIONS = 10
INPUT_LABEL = 2000
INPUT_HINT = 2000
INPUT_TEXT = 3000
VIEW_TITLE = 24
VIEW_BUTTON = 24
PRIVATE_METADATA = 3000
CALLBACK_ID = 255
TABLE_ROWS = 100  # beside the header row
TABLE_COLUMNS = 20
TABLE_CAPTION = 250
TABLE_PAGE = 10
CELL_TEXT = 500
# Slack counts the characters of all cells of a table; the older table block is cut off at 10,000 a message.
TABLE_CHARACTERS = 10_000
CHARTS = 2
CHART_TITLE = 50
CHART_SERIES = 6
CHART_POINTS = 20
CHART_LABEL = 20
AXIS_LABEL = 50
# Not documented: a message beyond some total is refused with msg_blocks_too_long. Ours stays far below.
MESSAGE_CHARACTERS = 24_000
# chat.update refuses a text of more than 4,000 characters where chat.postMessage still takes it.
MESSAGE_TEXT = 3900
ERROR_TEXT = 2000
CSV_NAME = 80

# Lone surrogates are no text, controls draw nothing, bidirectional overrides make a text read as another one.
_UNSAFE = re.compile(r"[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_HALF_ENTITY = re.compile(r"&[a-z]{0,3}$")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def measure(text: str) -> int:
    """Return the length as Slack's clients count it: in UTF-16 units, so that an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mend(text: str) -> str:
    """Return ``text`` with every lone surrogate replaced: JSON can carry one, a database cannot."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_sendable(text: str) -> bool:
    """Whether ``text`` can travel and come back unchanged; a lone surrogate cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def clean(text: str) -> str:
    """Return ``text`` without control characters, lone surrogates and direction overrides."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Return ``text`` for a mrkdwn element: a ping or a link cannot be written without < and >."""
    return clean(text).translate(_ESCAPES)


def fit(text: str, limit: int) -> str:
    """Return the cleaned text, cut to ``limit`` with an ellipsis."""
    text = clean(text)
    return text if measure(text) <= limit else _cut(text, limit - 1) + "…"


def fit_escaped(text: str, limit: int) -> str:
    """Return the escaped text, cut to ``limit`` with an ellipsis and never inside an entity."""
    text = escape(text)
    return text if measure(text) <= limit else _HALF_ENTITY.sub("", _cut(text, limit - 1)) + "…"


def _cut(text: str, limit: int) -> str:
    if len(text) > limit:
        text = text[:limit]
    while measure(text) > limit:
        text = text[: len(text) - max(1, (measure(text) - limit) // 2)]
    return text.rstrip()

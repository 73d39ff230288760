"""The parser with its trained judge, built once for the room."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.ports import Reader
from frontline.core.text import QuestionText
from frontline.metrics.bearing import open_head
from frontline.metrics.questions.parsed import Parsed
from frontline.metrics.questions.parser import QuestionParser

NOW = dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(scope="session")
def parser(encoder: Reader) -> QuestionParser:
    return QuestionParser(load_catalog(), bearing=open_head(lambda: encoder))


def ask(parser: QuestionParser, text: str) -> Parsed:
    return parser.parse(QuestionText(text), now=NOW)

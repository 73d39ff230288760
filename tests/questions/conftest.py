"""One parser for the whole room: building it takes a second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.text import QuestionText
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions.parsed import Parsed
from frontline.metrics.questions.parser import QuestionParser

NOW = dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZoneInfo("Europe/Amsterdam"))
HERE = Path(__file__).parent

Ask = Callable[..., Parsed]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def parser(catalog: Catalog) -> QuestionParser:
    return QuestionParser(catalog, agents={"Jip Terpstra": "jterp", "jterp": "jterp"})


@pytest.fixture(scope="session")
def ask(parser: QuestionParser) -> Ask:
    def _ask(text: str, previous: MetricQuery | None = None) -> Parsed:
        return parser.parse(QuestionText(text), now=NOW, previous=previous)

    return _ask

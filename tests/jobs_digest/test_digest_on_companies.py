"""The digest of generated companies: the planted theme is in it, none is invented. Texts alone, no facts, no gate."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from frontline.sandbox.company.casework import view_at
from frontline.sandbox.company.feedback import answers
from frontline.sandbox.company.generator import play
from frontline.sandbox.company.model import NOW
from frontline.sandbox.company.texts.documents import documents
from tests.jobs_digest.conftest import Office
from tests.retrieval.conftest import STEWARD

START = dt.date(2025, 10, 1)
FRAME = frozenset({"after", "that", "with", "although", "nobody", "never", "does", "this", "from", "they", "have"})


def complaints(seed: int, *, effects: bool) -> tuple[list[dict[str, Any]], str]:
    """Return the complaints of the seven months that the digest of May reads, and the words of the planted theme."""
    world = play(seed=seed, effects=effects, start=START)
    company = world.company
    view = view_at(company, world.contacts, company.calendar.local_seconds(NOW))
    rows = [
        row
        for row in documents(view, answers(view))
        if row["kind"] == "complaint" and "2025-11" <= row["received_at"][:7] <= "2026-05"
    ]
    return rows, company.effects.theme[1] if company.effects.theme else ""


def moving_lines(post: str) -> list[str]:
    """Return label and line of every theme that is said to grow."""
    lines = [line for line in post.splitlines() if not line.startswith(">")]
    return [f"{before} {line}" for before, line in zip(["", *lines], lines, strict=False) if "usual share" in line]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2, 5])
def test_the_planted_theme_is_in_the_digest_of_its_month(office: Office, seed: int) -> None:
    rows, planted = complaints(seed, effects=True)
    assert all(row["decision"] == "released" for row in office.corpus.add(STEWARD, rows))
    wanted = {word for word in re.findall(r"[a-z]{4,}", planted) if word not in FRAME}
    lines = moving_lines(office.post())
    assert any(len(wanted & set(re.findall(r"[a-z]{4,}", line))) >= 2 for line in lines), (planted, lines)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_theme_is_invented_where_nothing_is_planted(office: Office, seed: int) -> None:
    rows, _ = complaints(seed, effects=False)
    assert all(row["decision"] == "released" for row in office.corpus.add(STEWARD, rows))
    post = office.post()
    assert moving_lines(post) == []
    assert "no theme grew beyond chance" in post.splitlines()[0]

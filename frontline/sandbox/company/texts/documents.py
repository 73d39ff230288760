"""documents.jsonl: complaints of cases, verbatims of surveys, debriefs and articles, in the form of ``corpus add``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.casework import View
from frontline.sandbox.company.feedback import Answers
from frontline.sandbox.company.model import Bools
from frontline.sandbox.company.texts.debriefs import house_documents
from frontline.sandbox.company.texts.grammar import Writer
from frontline.sandbox.company.texts.phrases import OTHER_WHAT

STREAM = 17
COMPLAINTS = 3_000
VERBATIMS = 2_000


def write_documents(path: Path, view: View, found: Answers) -> int:
    """Write one JSON object per line and return their number."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in documents(view, found):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def documents(view: View, found: Answers) -> Iterator[dict[str, Any]]:
    """Yield every document known at the instant of the view."""
    yield from _complaints(view)
    yield from _verbatims(view, found)
    yield from house_documents()


def later_documents(view: View, found: Answers, *, since: float, grown: float) -> Iterator[dict[str, Any]]:
    """Yield the complaints of contacts that came after ``grown`` and ended in (``since``, the view's instant], and the
    verbatims answered in it. A theme grows until ``grown`` and stays as it is then, whenever one looks (local seconds).
    """
    k = view.contacts
    fresh = (k.t > grown) & view.done & (k.end > since)
    yield from _complaints(view, grown=grown, among=fresh)
    yield from _verbatims(view, found, since=since)


def _complaints(view: View, *, grown: float | None = None, among: Bools | None = None) -> Iterator[dict[str, Any]]:
    """Texts of cases: each case that opened in writing or was written down carries one with a fixed small chance."""
    k, company = view.contacts, view.company
    opens = (k.root == np.arange(len(k))) & view.known & (k.t <= view.at)
    opened = np.flatnonzero(opens if among is None else opens & among)
    chance = COMPLAINTS / 118_000
    planted = company.effects.theme
    grows = np.zeros(len(k))
    if planted:
        topic, _, first, share = planted
        span = max(1.0, (view.at if grown is None else grown) / M.DAY_S - first)
        age = np.clip((k.t / M.DAY_S - first) / span, 0, 1)
        grows = np.where((k.topic == topic) & (k.t >= first * M.DAY_S), share * age, 0.0)
    # A growing theme comes on top: more people write about that topic.
    chosen = opened[k.u[opened, L.U_TEXT] < chance * (1 + 2.5 * grows[opened])]
    for contact in chosen.tolist():
        writer = _writer(view, contact)
        themed = planted is not None and k.u[contact, L.U_THEME] < 2.0 * grows[contact]
        language = _language(view, contact)
        if themed and planted:
            text, language = writer.complaint(theme=planted[1]), "english"
        else:
            text = writer.complaint() if language == "english" else writer.foreign(language)
        yield _row(
            view, contact, f"complaint-C{k.number[contact] + 1:07d}", "complaint", text, language, k.t[contact], writer
        )


def _verbatims(view: View, found: Answers, *, since: float = -np.inf) -> Iterator[dict[str, Any]]:
    k = view.contacts
    replied = np.flatnonzero(~np.isnan(found.answered) & (found.answered > since))
    share = VERBATIMS / 12_000
    for i in replied[k.u[found.contact[replied], L.U_HANDOFF] < share].tolist():
        contact = int(found.contact[i])
        writer = _writer(view, contact)
        high, low = ((4, 3), (5, 4), (9, 7))[int(found.kind[i])]
        mood = "good" if found.score[i] >= high else "mixed" if found.score[i] >= low else "bad"
        text = writer.verbatim(mood)
        key = f"verbatim-S{k.number[contact] + 1:07d}"
        yield _row(view, contact, key, "verbatim", text, "english", float(found.answered[i]), writer)


def _writer(view: View, contact: int) -> Writer:
    k, company = view.contacts, view.company
    rng = np.random.default_rng([company.seed, STREAM, int(k.number[contact])])
    agent = int(k.agent[contact])
    name = company.agents.name[agent] if agent >= 0 and view.done[contact] else ""
    return Writer(rng, company.customers, int(k.customer[contact]), name, M.TOPICS[k.topic[contact]])


def _language(view: View, contact: int) -> str:
    """Most people write English; of those of another language a share writes their own."""
    k = view.contacts
    spoken = M.LANGUAGES[view.company.customers.language[k.customer[contact]]]
    share = {"dutch": 0.13, "portuguese": 0.42, "polish": 0.42}.get(spoken, 0.0)
    writes = k.u[contact, L.U_CONSENT] > 1 - share
    return spoken if writes and M.TOPICS[k.topic[contact]] in OTHER_WHAT[spoken] else "english"


def _row(
    view: View, contact: int, key: str, kind: str, text: str, language: str, at: float, writer: Writer
) -> dict[str, Any]:
    k, company = view.contacts, view.company
    who = int(k.customer[contact])
    stamp = np.datetime64(int(company.calendar.utc_micros(np.array([at]))[0]), "us").astype("datetime64[s]")
    return {
        "id": key,
        "kind": kind,
        "text": text,
        "category": M.TOPICS[k.topic[contact]],
        "region": M.REGIONS[company.customers.region[who]],
        "segment": M.SEGMENTS[company.customers.segment[who]],
        "received_at": f"{stamp}+00:00",
        "consent": bool(company.customers.consent_quote[who]),
        "language": language,
        "known": writer.known(),
    }

"""Themes that were closed as solved and come back: the commitment is opened again, and its owner hears of it.

A theme is back in a month that began after the closing when its share of the documents is no smaller than it was when
the promise was made, or when it grows beyond chance (``retrieval.theme_registry``). Months are judged as they were
worked out; nothing is computed here.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from frontline.catalog.commitment_kinds import CommitmentKinds
from frontline.catalog.workdays import Workdays
from frontline.core.actor import SYSTEM
from frontline.governance.commitment_states import closing_of, reopen
from frontline.governance.commitments import THEN, list_for, move_due
from frontline.governance.policy import shipped_policy
from frontline.store.base import product_words
from frontline.store.models.governance import Commitment
from frontline.store.models.themes import Theme
from frontline.store.work import Unit
from retrieval.theme_registry import GROWING, ThemePeriod, ThemeView, family_of, list_periods, list_themes

# Fewer documents a month than this are chance.
FEWEST = 5
# A theme that was solved longer ago than this is a new one.
LOOK_BACK = dt.timedelta(days=365)


def reopen_returned(unit: Unit, *, workdays: Workdays, today: dt.date, kinds: CommitmentKinds) -> list[Commitment]:
    """Open the commitments of themes that are back, due after the usual days of their kind; return them."""
    returned = []
    for row in list_for(unit.session, SYSTEM, states=("done",), kind="theme"):
        closing = closing_of(row)
        if closing is None or row.source_key is None or unit.now - closing.at > LOOK_BACK:
            continue
        found = _back(unit.session, row, closed_on=closing.at.date())
        if found is None or _is_owned_anew(unit.session, row.source_key):
            continue
        period, theme = found
        reason = f"It is back: {theme.size} of {period.documents} in {period.period}."
        reopen(unit, SYSTEM, row.commitment_id, reason=product_words(reason))
        due = workdays.add(today, kinds.kind(row.kind).days)
        move_due(unit, SYSTEM, row.commitment_id, due=due, today=today)
        returned.append(row)
    return returned


def _back(session: Session, row: Commitment, *, closed_on: dt.date) -> tuple[ThemePeriod, ThemeView] | None:
    theme = session.get(Theme, row.source_key)
    if theme is None:
        return None
    months = [period for period in list_periods(session, theme.kind) if period[:1].isdigit()]
    if not months or dt.date.fromisoformat(f"{months[0]}-01") <= closed_on:
        return None
    found = list_themes(session, SYSTEM, kind=theme.kind, period=months[0], policy=shipped_policy())
    view = found.find(theme.theme_key) if found is not None else None
    if found is None or view is None or view.size < FEWEST:
        return None
    promised = (row.evidence.get(THEN) or {}).get("value")
    is_as_bad = promised is not None and view.size / found.documents >= promised
    return (found, view) if is_as_bad or view.state == GROWING else None


def _is_owned_anew(session: Session, source: str) -> bool:
    return any(list_for(session, SYSTEM, kind="theme", source_key=key) for key in sorted(family_of(session, source)))

"""The routine ``pain_point_digest``: once a month, what hurts customers, what it costs, and what became of promises.

It goes out whatever there is: without documents it says so, without submissions it names who is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.routines import RoutineDefinition
from frontline.core.actor import SYSTEM, Audience, AudienceKind, Role
from frontline.core.errors import NotFound
from frontline.core.periods import Period
from frontline.core.reply import Item, Quote
from frontline.core.text import AnonymizedText
from frontline.governance import pain_points, people
from frontline.governance.pain_points import PainView
from frontline.governance.policy import Policy
from frontline.governance.quoting import note_use
from frontline.governance.releases import ReleasedQuote, released_quotes
from frontline.governance.text_rights import DIGEST
from frontline.store.models.themes import PainPoint
from frontline.store.work import Unit
from handlers.impact import TopicCost, impact_of, rank
from handlers.pain_decisions import UNDECIDED, decision_buttons, value_of
from handlers.pains import STATES
from handlers.themes import theme_owners
from jobs.digest_words import Block, Digest, choose, main_reply, thread_reply
from jobs.promises import promises_due
from jobs.runner import Post, RunContext, RunOutcome
from retrieval.theme_registry import ThemePeriod, ThemeView, counting_key, list_themes
from retrieval.themes import ThemeBook

KIND = "complaint"
QUOTES = 2


class TopicCosts(Protocol):
    """Where contacts and money come from: the metrics engine, as SYSTEM, per value of the topic dimension.

    Raises:
        NotFound: nothing is loaded that could answer.
    """

    def __call__(self, *, month: Period) -> Mapping[str, TopicCost]: ...


class PainPointDigest:
    """One message a month to the leaders, with its details in the thread."""

    def __init__(
        self,
        definition: RoutineDefinition,
        *,
        book: Callable[[], ThemeBook],
        costs: TopicCosts,
        policy: Policy,
        currency: str,
    ) -> None:
        self._definition = definition
        self._book = book
        self._costs = costs
        self._policy = policy
        self._currency = currency

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Read the month before the slot and post what leaders decide about."""
        first = context.due_at.astimezone(context.zone).date().replace(day=1)
        month = Period(first - relativedelta(months=1), first)
        period = f"{month.start:%Y-%m}"
        # The gate writes down that it reads the names of people, which nobody can once this unit has the lock.
        self._book().open_gate()
        draft = self._book().draft(SYSTEM, kind=KIND, period=period)
        try:
            costs = self._costs(month=month)
        except NotFound:
            costs = {}
        self._book().keep(unit, SYSTEM, draft)
        found = list_themes(unit.session, SYSTEM, kind=KIND, period=period, policy=self._policy)
        found = found or ThemePeriod(KIND, period)
        digest, used = self._digest(unit.session, found, costs, slot, month, context)
        key = f"{self._definition.key}/{slot}"
        note_use(unit, key, [quote.release_id for quote in used])
        posts = (
            Post(main_reply(digest), key=key),
            Post(thread_reply(digest), key=f"{key}/details", thread_of=key),
        )
        growing = sum(theme.state == "growing" for theme in found.themes)
        note = (
            f"{found.documents} documents, {len(found.themes)} themes, {growing} growing, {len(digest.pains)} submitted"
        )
        return RunOutcome(posts=posts, note=note)

    def _digest(
        self,
        session: Session,
        found: ThemePeriod,
        costs: Mapping[str, TopicCost],
        slot: str,
        month: Period,
        context: RunContext,
    ) -> tuple[Digest, list[ReleasedQuote]]:
        impacts = {theme.key: impact_of(theme, found, costs) for theme in found.themes}
        owners = theme_owners(session, SYSTEM, policy=self._policy)
        declined = _declined(session, month)
        chosen = choose(found, impacts)
        words = self._book().words(SYSTEM, found, [theme.key for theme, _ in chosen])
        blocks = [
            Block(
                theme,
                impacts[theme.key],
                owners.get(theme.key),
                declined.get(theme.key),
                words.get(theme.key, ""),
                also,
            )
            for theme, also in chosen
        ]
        used = self._quotes(session, [theme for theme, _ in chosen], at=context.now)
        pains = pain_points.list_pains(
            session, SYSTEM, month=slot, until=context.due_at, policy=self._policy, audience=_leaders(context)
        )
        digest = Digest(
            found=found,
            blocks=blocks,
            promises=promises_due(session, month, seen_at=context.due_at, zone=context.zone),
            pains=rank(pains, found, costs),
            missing=_missing(session, pains),
            quotes=[(key, Quote(quote.text)) for key, quote in used],
            currency=self._currency,
            earlier=_earlier(session, month),
        )
        return digest, [quote for _, quote in used]

    def _quotes(
        self, session: Session, themes: Sequence[ThemeView], *, at: dt.datetime
    ) -> list[tuple[str, ReleasedQuote]]:
        """Up to two quotes that are released now, of the first themes that have any."""
        found: list[tuple[str, ReleasedQuote]] = []
        for theme in themes:
            quotes = released_quotes(session, SYSTEM, theme.members, at=at, policy=self._policy, use=DIGEST)
            found += [(theme.key, quote) for quote in quotes[: QUOTES - len(found)]]
        return found


def _leaders(context: RunContext) -> Audience:
    return Audience(AudienceKind.CHANNEL, channel=context.channel)


def _declined(session: Session, month: Period) -> dict[str, AnonymizedText]:
    """Return theme key -> why the leaders declined it since the month began."""
    query = select(PainPoint).where(PainPoint.theme_key.is_not(None), PainPoint.month >= f"{month.start:%Y-%m}")
    rows = session.scalars(query.order_by(PainPoint.submitted_at))
    return {
        counting_key(session, row.theme_key): row.reason
        for row in rows
        if row.state == pain_points.DECLINED and row.theme_key and row.reason
    }


def _missing(session: Session, pains: Sequence[PainView]) -> list[str]:
    """Return the handles of the supervisors who submitted nothing."""
    said = {key for view in pains for key in view.submitters}
    return [person.handle for person in people.of_role(session, Role.SUPERVISOR) if person.key not in said]


def _earlier(session: Session, month: Period) -> list[Item]:
    """Return what became of the pain points of the digest before this one; what nobody decided still can be."""
    query = select(PainPoint).where(PainPoint.month == f"{month.start:%Y-%m}", PainPoint.merged_into.is_(None))
    items = []
    for row in session.scalars(query.order_by(PainPoint.submitted_at)):
        buttons = decision_buttons(value_of(row)) if row.state in UNDECIDED else []
        items.append(Item(row.title, detail=STATES[row.state], buttons=buttons))
        if row.reason:
            items.append(Item(row.reason, detail="the reason"))
    return items

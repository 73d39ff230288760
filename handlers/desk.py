"""What a handler works with: the collaborators that wiring provides, and the work at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from frontline.core.actor import Actor, Audience
from frontline.core.errors import NotFound
from frontline.core.periods import local_date
from frontline.core.ports import Gate, Profile, ReviewGate
from frontline.core.request import Request
from frontline.governance.label_search import LabelFinder
from frontline.governance.shadow import enqueue
from frontline.governance.tag_gaps import Speak
from frontline.governance.tags import shipped_rule
from frontline.store.work import Store, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from frontline.catalog.loader import Catalog
    from frontline.catalog.routines import RoutineDefinition
    from frontline.core.reply import Reply
    from frontline.governance.policy import Policy
    from frontline.metrics.engine import MetricEngine
    from frontline.metrics.query import MetricQuery, MetricResult
    from frontline.metrics.questions import QuestionParser
    from frontline.store.facts import Facts
    from frontline.store.generations import Generations
    from frontline.store.vault import Vault
    from handlers.assistant.model import Model
    from handlers.registry import Registry
    from retrieval.corpus import Corpus
    from retrieval.themes import ThemeBook


class RoutineBoard(Protocol):
    """The routines as handlers see them; ``frontline.app`` has the runner behind it."""

    def definition(self, name: str) -> RoutineDefinition:
        """Return a routine that this version can run. Raises NotFound."""
        ...

    def describe(self) -> Sequence[Mapping[str, Any]]:
        """Return a row per routine: routine, title, schedule, channel, state, next, shadow_until."""
        ...

    def starts_in_shadow(self, definition: RoutineDefinition) -> bool:
        """Whether a routine that is switched on here speaks to the admins first."""
        ...

    def rehearse(self, name: str, slot: str | None) -> tuple[str, Sequence[tuple[str, Reply]]]:
        """Return the slot, and (channel, reply) of what it would post. Raises NotFound, UsageError."""
        ...


@dataclass(frozen=True)
class UploadLook:
    """What a sent file seems to be; ``refusal`` says why it cannot be loaded like this, "" when it can."""

    name: str
    table: str = ""
    rows: int = 0
    faults: int = 0
    zone: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    refusal: str = ""


class Uploads(Protocol):
    """Files sent by direct message, as handlers see them; a file is its sender's alone."""

    def fetch(self, actor: Actor, file_id: str) -> tuple[str, UploadLook]:
        """Fetch a file of Slack; return its key and what it seems to be. Raises UsageError."""
        ...

    def look(self, actor: Actor, key: str) -> UploadLook:
        """Say what a fetched file seems to be. Raises NotFound, UsageError."""
        ...

    def change(self, actor: Actor, key: str, *, table: str, mapping: Mapping[str, str], zone: str) -> UploadLook:
        """Look again under another mapping. Raises NotFound, UsageError."""
        ...

    def load(self, actor: Actor, key: str) -> tuple[Sequence[str], str, int]:
        """Load it; return the report, a first question ("" for none), and how many rows were refused."""
        ...

    def drop(self, actor: Actor, key: str) -> None:
        """Remove it."""
        ...


def _no_uploads() -> Uploads:
    raise NotFound("Files are taken by direct message in Slack.", next_step="In a terminal: frontline ingest FILE")


def _no_facts() -> Any:
    raise RuntimeError("this desk was made without facts")


def _no_routines() -> RoutineBoard:
    raise RuntimeError("this desk was made without routines")


@dataclass
class Desk:
    """The collaborators, made once by ``frontline.app.wiring``.

    ``parser``, ``corpus`` and ``themes`` are callables because they are heavy: the parser reads the catalog's words,
    the others open the index; each is made on first use.
    """

    store: Store
    policy: Policy
    catalog: Catalog
    gate: Gate
    engine: MetricEngine
    parser: Callable[[], QuestionParser]
    corpus: Callable[[], Corpus]
    registry: Registry
    themes: Callable[[], ThemeBook]
    # opens identities one by one, each time audited; only handlers whose permission says so may ask for it
    vault: Callable[[], Vault]
    # name -> a callable that answers "how is the machine": job states, outbox depth (for /ops status)
    status: Callable[[], Mapping[str, Any]] = field(default=dict)
    facts: Callable[[], Facts] = _no_facts
    generations: Callable[[], Generations] = _no_facts
    # Set by whoever has Slack: files that people send to the bot.
    uploads: Callable[[], Uploads] = _no_uploads
    # Finds the label that a tag may mean; the encoder behind it is optional.
    labels: LabelFinder = field(default_factory=lambda: LabelFinder(shipped_rule()))
    # the way of the post about a new gap among the tags: as its routine, in the first days to the admins
    speak: Speak = enqueue
    # the routines, which stand above this room (for /ops routine)
    routines: Callable[[], RoutineBoard] = field(default=_no_routines)

    # The language model that the machine is set to; None (the default) where the rules are alone.
    model: Callable[[], Model | None] = lambda: None

    # The gate with which a steward reviews, the key of its lists' hashes, and how a running gate learns of a change.
    review_gate: Callable[[], ReviewGate] = _no_facts
    org_key: Callable[[], bytes] = _no_facts
    reread_words: Callable[[], None] = lambda: None

    # Reads the catalog anew after an adoption; who made the desk knows how.
    renew: Callable[[], None] = lambda: None
    # (team id, user id) -> what Slack says of the account; None where nobody can ask Slack.
    profile_of: Callable[[str, str], Profile | None] = lambda _team, _user: None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the organisation's calendar."""
        return ZoneInfo(self.catalog.calendar.zone)


@dataclass
class Work:
    """One request being worked on.

    A writing handler has ``unit``; a reading one has only ``session`` and may leave ``effects``, small writes that
    happen together with its audit entry, after the slow part and in one short unit.
    """

    desk: Desk
    request: Request
    actor: Actor
    audience: Audience
    now: dt.datetime
    session: Session
    writing: Unit | None = None
    effects: list[Callable[[Unit], None]] = field(default_factory=list)
    # What the audit entry should say beside who, what and when; never a value of a personal field.
    audit: dict[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        """The open unit of work.

        Raises:
            RuntimeError: the handler was registered as reading.
        """
        if self.writing is None:
            raise RuntimeError("a reading handler asked for a unit of work: register it with writes=True")
        return self.writing

    def run(self, query: MetricQuery) -> MetricResult:
        """Answer a query as the person who asks, before whom they ask: the way of every handler to a figure.

        Raises:
            NotPermitted, NotFound, UsageError: as ``MetricEngine.run``.
        """
        return self.desk.engine.run(self.actor, query, audience=self.audience)

    def run_together(self, queries: Sequence[MetricQuery]) -> list[MetricResult | None]:
        """Answer breakdowns of the same figure at once, as the person who asks; None in the place of a refused one."""
        return self.desk.engine.run_together(self.actor, queries, audience=self.audience)

    @property
    def today(self) -> dt.date:
        """The date in the organisation's zone."""
        return local_date(self.now, self.desk.zone)

    @property
    def slack_team(self) -> str:
        """The Slack team of the person who speaks."""
        return self.request.who.team_id

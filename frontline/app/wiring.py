"""The composition root: makes every collaborator once, in the order of need, and injects it.

Everything is lazy: ``frontline jobs list`` opens no index, a question opens no gate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from frontline.app.agreed import agreed_mark, build_engine, keep_versions, with_agreed
from frontline.app.freshness import FreshParser, Overlay, read_or_keep
from frontline.app.settings import Settings, read_settings
from frontline.app.stores import open_state
from frontline.app.terminal import Globals, as_typed
from frontline.catalog.loader import Catalog, load_calendar, load_catalog
from frontline.core.actor import Actor
from frontline.core.clock import Clock, FrozenClock, SystemClock
from frontline.core.errors import NotPermitted, UsageError
from frontline.core.ids import new_id
from frontline.core.ports import Profile, Reader, ReviewGate
from frontline.core.reply import Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import RawText
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

if TYPE_CHECKING:
    from frontline.app.gating import GateLists
    from frontline.app.own_people import OwnPeople
    from frontline.governance.label_search import LabelFinder
    from frontline.governance.policy import Policy
    from frontline.governance.quiet import Quiet
    from frontline.governance.shadow import PostOffice
    from frontline.metrics.engine import MetricEngine
    from frontline.metrics.questions import QuestionParser
    from frontline.store.facts import Facts
    from frontline.store.generations import Generations
    from frontline.store.inbox import Inbox
    from handlers.assistant.model import Model
    from handlers.desk import Desk
    from handlers.dispatch import Doorway
    from retrieval.corpus import Corpus
    from retrieval.themes import ThemeBook


class House:
    """Everything under one FRONTLINE_HOME."""

    def __init__(
        self, settings: Settings | None = None, options: Globals | None = None, clock: Clock | None = None
    ) -> None:
        self.settings = settings or read_settings()
        self.options = options or Globals()
        self.home: Path = self.settings.home.expanduser().resolve()
        self._clock = clock
        self.agreed: object = None  # what people had agreed on when the catalog was read
        # Who an account is, asked of Slack; the running bot sets it.
        self.profile_of: Callable[[str, str], Profile | None] = lambda _team, _user: None

    @cached_property
    def catalog(self) -> Catalog:
        """The shipped definitions under the organisation's overlay."""
        _ = self._overlay  # seen before it is read: a change in between is noticed
        return self._read_catalog()

    def _read_catalog(self) -> Catalog:
        """The files, and over them what people adopted."""
        return with_agreed(self, self.read_files())

    def read_files(self) -> Catalog:
        """The catalog of the files alone, as an operator checks them: no database is opened."""
        overlay = self.catalog_folder
        return load_catalog(overlay if overlay.is_dir() else None)

    @property
    def catalog_folder(self) -> Path:
        return self.settings.catalog or self.home / "catalog"

    @cached_property
    def _overlay(self) -> Overlay:
        return Overlay(self.catalog_folder)

    def forget_catalog(self) -> None:
        """Read the catalog anew at next use (after ingest wrote an overlay)."""
        for name in ("catalog", "policy", "engine"):
            self.__dict__.pop(name, None)

    def own_channel(self, channel: str) -> str:
        """Return the organisation's channel for one of the product's (``#floor``)."""
        own: str = self.catalog.channels.own(channel)
        return own

    @cached_property
    def clock(self) -> Clock:
        """``--now`` freezes it; else the demo's stored clock; else the machine's."""
        if self._clock is not None:
            return self._clock
        stored = self.home / "clock"
        if self.options.now:
            return FrozenClock(read_instant(self.options.now, self._zone))
        if stored.is_file():
            return FrozenClock(read_instant(stored.read_text().strip(), self._zone))
        return SystemClock()

    @property
    def _zone(self) -> ZoneInfo:
        # Of the files alone: what people adopted stands in the state database, which needs the clock.
        return load_calendar(self.catalog_folder).zone_info

    @cached_property
    def store(self) -> Store:
        """The state database, brought up to date."""
        return open_state(self)

    @cached_property
    def vault(self) -> Vault:
        """The only home of identities and raw text; every opening is audited."""
        from frontline.governance import audit

        key = load_or_create_key(self.home / "keys" / "vault.key")
        return Vault(self.store, key, on_access=audit.record_access)

    @cached_property
    def org_key(self) -> bytes:
        """The key of customer hashes."""
        return load_or_create_key(self.home / "keys" / "org.key")

    @cached_property
    def generations(self) -> Generations:
        """The generations of the facts."""
        from frontline.store.generations import Generations

        return Generations(self.home)

    @cached_property
    def facts(self) -> Facts:
        """The current generation, read-only, with the columns of this version."""
        from frontline.store.facts import Facts
        from frontline.store.intake.upgrade import keep_up

        keep_up(self.generations, self.catalog.records)
        return Facts(self.generations)

    @cached_property
    def policy(self) -> Policy:
        """Who may do what, before whom; and for what words of people are shown."""
        from anonymization.policy import own_policies
        from frontline.governance.policy import Policy
        from frontline.governance.text_rights import TextRights

        return Policy(self.catalog.permissions.permissions, texts=TextRights(lambda: own_policies(self.catalog_folder)))

    @cached_property
    def engine(self) -> MetricEngine:
        """The only door to a number."""
        return build_engine(self)

    @property
    def parser(self) -> QuestionParser:
        """Words to typed queries, by rules; it knows the words of the live generation."""
        return self._fresh_parser()

    @cached_property
    def _fresh_parser(self) -> FreshParser:
        return FreshParser(lambda: self.catalog, lambda: self.facts, lambda: self.encoder)

    def refresh(self) -> None:
        """Follow a catalog or an adoption that came beside a running bot. Routines keep their hours until a restart."""
        has_changed, mark = self._overlay.has_changed(), agreed_mark(self)
        if not has_changed and mark == self.agreed:
            return
        self.agreed = mark
        fresh = read_or_keep(self._read_catalog, self.catalog)
        if fresh is self.catalog:
            return
        self.forget_catalog()
        self.catalog = fresh
        if "desk" in self.__dict__:
            self.desk.catalog, self.desk.policy, self.desk.engine = self.catalog, self.policy, self.engine
        # What counts from now on can be asked for by its version when it counts no more.
        keep_versions(self)

    @cached_property
    def gate(self) -> ReviewGate:
        """The anonymization gate."""
        from frontline.app.gating import build_gate

        return build_gate(self)

    @cached_property
    def gate_lists(self) -> GateLists:
        """The stewards' words as the gate knows them."""
        from frontline.app.gating import GateLists

        return GateLists(self)

    @cached_property
    def own_people(self) -> OwnPeople:
        """The names of the vault as the gate knows them."""
        from frontline.app.own_people import OwnPeople

        return OwnPeople(self)

    @cached_property
    def encoder(self) -> Reader:
        """Text to vectors, with the exported int8 model kept under the home."""
        from frontline.encoder import open_encoder

        return open_encoder(self.home / "models")

    @cached_property
    def corpus(self) -> Corpus:
        """The index of anonymized text."""
        from frontline.app.gating import corpus_through

        return corpus_through(self, lambda: self.gate)

    @cached_property
    def labels(self) -> LabelFinder:
        """Finds the label that there is already; compares words alone until it is warm."""
        from frontline.governance.label_search import LabelFinder

        return LabelFinder(self.catalog.rules.tags, lambda: self.encoder)

    @cached_property
    def themes(self) -> ThemeBook:
        """What people write about, under keys that last."""
        from retrieval.themes import ThemeBook

        return ThemeBook(
            self.store,
            corpus=lambda: self.corpus,
            gate=lambda: self.gate,
            policy=self.policy,
            zone=ZoneInfo(self.catalog.calendar.zone),
            names=self.facts.agent_names,
        )

    @cached_property
    def inbox(self) -> Inbox:
        """What came in from Slack, durable before it is acknowledged."""
        from frontline.store.inbox import Inbox

        return Inbox(self.store, self.vault)

    @cached_property
    def desk(self) -> Desk:
        """What handlers work with."""
        from frontline.app.clockwork import RoutineBoard
        from frontline.app.speaking import gap_voice
        from handlers.desk import Desk
        from handlers.entries import build_registry

        return Desk(
            store=self.store,
            policy=self.policy,
            catalog=self.catalog,
            gate=self.gate,
            engine=self.engine,
            parser=lambda: self.parser,
            corpus=lambda: self.corpus,
            registry=build_registry(),
            themes=lambda: self.themes,
            vault=lambda: self.vault,
            status=self.status,
            profile_of=lambda team_id, user_id: self.profile_of(team_id, user_id),  # noqa: PLW0108  # set later
            facts=lambda: self.facts,
            generations=lambda: self.generations,
            labels=self.labels,
            routines=lambda: RoutineBoard(self),
            speak=gap_voice(self),
            model=lambda: self.model,
            renew=self.refresh,
            review_gate=lambda: self.gate,
            org_key=lambda: self.org_key,
            reread_words=self.gate_lists.refresh,
        )

    @cached_property
    def model(self) -> Model | None:
        """The language model that the machine is set to; None, and nothing of it imported, where there is none."""
        from frontline.app.modelling import build_model

        return build_model(self)

    @cached_property
    def post_office(self) -> PostOffice:
        """Where the posts of routines go: in an organisation's first days to its admins."""
        from frontline.app.demo_home import MARK
        from frontline.governance.shadow import PostOffice

        # Harbor Telecom has used Frontline for a year: a newcomer shall see what its channels see.
        zone = ZoneInfo(self.catalog.calendar.zone)
        return PostOffice(zone, own=self.own_channel, has_first_days=not (self.home / MARK).is_file())

    @cached_property
    def quiet(self) -> Quiet:
        """When a direct message has to wait."""
        from frontline.governance.quiet import Quiet

        return Quiet(self.catalog.calendar)

    @cached_property
    def doorway(self) -> Doorway:
        """The one way in."""
        from handlers.dispatch import Doorway

        self.ensure_admins()
        keep_versions(self)
        return Doorway(self.desk)

    def ensure_admins(self) -> None:
        """Make the people of FRONTLINE_ADMINS admins, once."""
        from frontline.governance import people

        if self.settings.admins:
            with self.store.unit() as unit:
                people.ensure_admins(unit, self.settings.admins)
                unit.commit()

    def who(self, named: str = "") -> PersonRef:
        """Return who speaks in the terminal: ``--as``, else the first admin, else the role admin."""
        named = named or self.options.person
        if not named:
            named = self.settings.admins[0] if self.settings.admins else "role:admin"
        named = named.lstrip("@")
        if named[:1] in "UW" and named.isupper() and len(named) > 6:
            return PersonRef(user_id=named)
        return PersonRef(handle=named)

    def ask(
        self, name: str, words: str = "", *, person: str = "", thread: str = "", kind: RequestKind = RequestKind.COMMAND
    ) -> Reply:
        """Send one typed command through the doorway, as Slack would."""
        text = RawText(as_typed(words))
        request = Request(
            inbound_id=new_id("cli"), kind=kind, who=self.who(person), name=name, text=text, thread=thread
        )
        return self.doorway.dispatch(request)

    def permit(self, action: str) -> Actor:
        """Resolve who sits at the terminal and authorize ``action``; the try is audited either way.

        Raises:
            NotPermitted: the policy says no.
        """
        from frontline.governance import audit, people

        self.ensure_admins()
        with self.store.read() as session:
            actor = people.resolve(session, self.who())
        try:
            self.policy.authorize(actor, action)
        except NotPermitted as refusal:
            with self.store.unit() as unit:
                audit.record(unit, actor, action, outcome="denied", detail={"policy": refusal.policy_id})
                unit.commit()
            raise
        self.note(actor, action, resource="terminal")
        return actor

    def note(self, actor: Actor, action: str, *, resource: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Write the audit entry of something done from the terminal."""
        from frontline.governance import audit

        with self.store.unit() as unit:
            audit.record(unit, actor, action, resource=resource, detail=detail)
            unit.commit()

    def status(self) -> Mapping[str, Any]:
        """Say how the machine is, for /ops status and ``frontline doctor``."""
        from frontline.app.status import collect

        return collect(self)


def read_instant(text: str, zone: ZoneInfo) -> dt.datetime:
    """Read an ISO instant; a naive one is local to ``zone``.

    Raises:
        UsageError: it is not an ISO instant.
    """
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--now {text!r} is not an ISO time.", next_step="For example: --now 2026-06-17T10:40"
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)

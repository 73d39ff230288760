"""The running bot: Slack edge, delivery, the clock's tick and the warm-up, started and stopped together."""

from __future__ import annotations

import datetime as dt
import gc
import importlib
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from frontline.app.feeding import Feeds
from frontline.app.intake_http import PREFIX, IntakeApp, IntakeServer
from frontline.app.receiving import Receiver
from frontline.app.uploading import uploads_of
from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.errors import FrontlineError

if TYPE_CHECKING:
    from bot.app import FrontlineBot
    from bot.deps import BotSettings
    from frontline.app.wiring import House
    from jobs.ticker import Ticker

log = logging.getLogger(__name__)
KEEP_THREADS = dt.timedelta(days=90)
PULSE_SECONDS = 0.5
SETTLE_SECONDS = 8.0
SWEEP_EVERY = 20  # pulses
FEED_SECONDS = 2
COLLECT_EVERY = 20_000  # objects made and not yet let go


class Assembly:
    """The bot and its threads over one house. ``own_process``: nothing else of weight is done in this process."""

    def __init__(self, house: House, settings: BotSettings, *, own_process: bool = False) -> None:
        from bot.app import FrontlineBot
        from bot.channels import ChannelBook
        from bot.deps import BotDeps
        from bot.profiles import Profiles
        from bot.uploads import FileFetcher
        from frontline.app.clockwork import OPERATORS, build_runner
        from frontline.governance.delivery import Delivery, DeliverySettings
        from handlers.validate import validate
        from jobs.ticker import Ticker

        self._house = house
        self._own_process = own_process
        if house.settings.model:  # who waits for a model computes nothing
            settings = replace(settings, computing=settings.workers)
        deps = BotDeps(
            dispatch=house.doorway.dispatch,
            validate=lambda request: validate(request, now=house.clock.now(), zone=house.catalog.calendar.zone),
            inbox=house.inbox,
            clock=house.clock,
            settings=settings,
            knows_thread=self._knows_thread,
        )
        self.bot: FrontlineBot = FrontlineBot(deps)
        house.profile_of = Profiles(self.bot.client).of
        fetcher = FileFetcher(self.bot.client, token=settings.bot_token, base_url=settings.base_url)
        house.desk.uploads = uploads_of(house, fetcher)
        self.runner = build_runner(house)
        self.channels = ChannelBook(self.bot.transport, self.bot.client, own=house.own_channel)
        self.delivery = Delivery(
            house.store,
            self.channels,
            check=self._check,
            hold=house.quiet.hold,
            settings=DeliverySettings(operator_channel=OPERATORS),
        )
        self._ticker: Ticker = Ticker(self.tick, seconds=10)
        self._stopping = threading.Event()
        self._kept_on: dt.date | None = None
        self.feeds = Feeds(house)
        self.intake: IntakeServer | None = None
        self._threads: list[threading.Thread] = []

    def start_socket(self, *, ticking: bool = True) -> None:
        """Connect by Socket Mode and start everything; ``ticking=False`` leaves the routines to the caller."""
        self.bot.start_socket()
        if (app := self._intake_app()) is not None:
            settings = self._house.settings
            self.intake = IntakeServer(app, host=settings.intake_host, port=settings.intake_port)
            self.intake.start()
            log.info("POST /in/<table> listens on %s", self.intake.url)
        self._start_threads(ticking=ticking)

    def start_http(self, host: str, port: int) -> None:
        """Listen for signed requests and start everything."""
        app = self._intake_app()
        self.bot.start_http(host, port, beside={PREFIX: app} if app is not None else None)
        self._start_threads(ticking=True)

    def stop(self) -> None:
        """Stop taking, finish what is under way; the rest waits in inbox and outbox."""
        self._stopping.set()
        self._ticker.stop()
        if self.intake is not None:
            self.intake.stop()
        self.bot.stop()
        for thread in self._threads:
            thread.join(10)

    def tick(self) -> None:
        """Run what is due now, then deliver at once."""
        self._house.own_people.refresh()
        self._house.gate_lists.refresh()
        self._house.refresh()
        self.runner.tick()
        self.delivery.step()
        self._keep_house()

    def tick_and_settle(self, *, seconds: float = SETTLE_SECONDS) -> None:
        """Tick, then wait until what is due has gone out: a channel takes about one message a second."""
        from frontline.governance import outbox

        self.tick()
        for _ in range(int(seconds / PULSE_SECONDS)):
            with self._house.store.read() as session:
                now = self._house.clock.now()
                if not any(row.not_before <= now for row in outbox.list_messages(session)):
                    return
            if self._stopping.wait(PULSE_SECONDS):
                return
            self._safely(self.delivery.step)

    def _start_threads(self, *, ticking: bool) -> None:
        self._house.inbox.recover()
        self.delivery.recover()
        if ticking:
            self._ticker.start()
        for name, work in (("delivery", self._deliver), ("warm-up", self._warm_up), ("feeds", self._take_feeds)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _keep_house(self) -> None:
        """Once a day: keep the head of the audit chain outside the database, and drop what has expired."""
        from frontline.app.loading import follow_consents, link_verbatims
        from frontline.catalog.retention import kept_for
        from frontline.core.actor import SYSTEM
        from frontline.governance import audit, release_endings, releases, threads
        from frontline.governance.crowds import refresh_pool
        from frontline.store.intake.feeds import pushed
        from handlers.release_cards import remind_reviewers, tell_expired

        house = self._house
        now = house.clock.now()
        house.inbox.recover()
        if self._kept_on != now.date():
            follow_consents(house)
            link_verbatims(house)
            with house.store.read() as session:
                audit.anchor(session, house.home / "anchors", now)
            kept = kept_for(house.catalog.retention.inbox)
            if kept is not None:
                house.inbox.forget_before(now - kept)
            with house.store.unit() as unit:
                threads.forget_before(unit, now - KEEP_THREADS)
                house.vault.purge_expired(unit)
                tell_expired(unit, release_endings.expire_due(unit))
                refresh_pool(unit, house.catalog.releases)
                waiting = releases.list_releases(unit.session, SYSTEM, policy=house.policy)
                remind_reviewers(unit, waiting, after=house.catalog.releases.remind_after)
                if kept is not None:
                    pushed.forget_before(unit, now - kept)
                unit.commit()
            self._safely(house.corpus.drop_withdrawn)
            self._kept_on = now.date()

    def _deliver(self) -> None:
        pulses = 0
        while not self._stopping.wait(PULSE_SECONDS):
            pulses += 1
            self._safely(self.delivery.step)
            if pulses % SWEEP_EVERY == 0:
                self._safely(self.delivery.sweep)

    def _intake_app(self) -> IntakeApp | None:
        """The webhook; off while there is no secret."""
        has_secret = bool(self._house.settings.intake_secret.get_secret_value())
        return IntakeApp(Receiver(self._house)) if has_secret else None

    def _take_feeds(self) -> None:
        while not self._stopping.wait(FEED_SECONDS):
            self._safely(self.feeds.step)

    def _warm_up(self) -> None:
        """Open the heavy engines before the first person waits for them."""
        house = self._house
        engines = (
            lambda: house.parser,
            self._warm_gate,
            house.corpus.warm_up,
            self._warm_labels,
            self._warm_chain,
            self._warm_model,
            _import_statistics,
        )
        for open_engine in engines:
            if self._stopping.is_set():
                return
            self._safely(open_engine)
        if self._own_process:
            keep_what_is_loaded()

    def _warm_gate(self) -> None:
        from frontline.core.text import RawText

        self._house.gate.check(RawText("warm"))

    def _warm_labels(self) -> None:
        with self._house.store.read() as session:
            self._house.labels.warm_up(session, now=self._house.clock.now())

    def _warm_chain(self) -> None:
        from handlers.assistant.chain import build_chain

        build_chain(with_model=self._house.model is not None)

    def _warm_model(self) -> None:
        if (model := self._house.model) is not None:
            model.warm_up()

    def _safely(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (FrontlineError, OSError) as error:
            log.warning("%s", error)

    def _knows_thread(self, key: str) -> bool:
        from frontline.governance import threads

        with self._house.store.read() as session:
            return threads.recall(session, key) is not None

    def _check(self, *, key: str, action: str, channel: str, audience: Audience) -> None:
        """Re-check at send time: a channel that became shared and a guest get nothing, a quote goes while released."""
        from frontline.governance.quiet import refuse_outsiders
        from frontline.governance.quoting import check_quotes
        from frontline.governance.shadow import PREVIEW

        current = audience
        if audience.kind is AudienceKind.CHANNEL and self._is_shared(channel):
            current = Audience(AudienceKind.EXTERNAL, audience.channel, audience.name)
        self._house.policy.authorize(SYSTEM, action, channel, current)
        with self._house.store.read() as session:
            refuse_outsiders(session, channel)
            # A preview quotes what its post quotes.
            check_quotes(session, key.partition(PREVIEW)[0], at=self._house.clock.now())

    def _is_shared(self, channel: str) -> bool:
        from bot.transport import call

        # A channel that cannot be looked at is not posted to: the error goes to the outbox, which tries again.
        answer = call(self.bot.client.conversations_info, channel=self.channels.id_of(channel))
        return bool((answer.get("channel") or {}).get("is_ext_shared"))


def _import_statistics() -> None:
    """Import what the first hidden cell and the first interval would otherwise wait half a second for."""
    for name in ("scipy.sparse.linalg", "scipy.stats"):
        importlib.import_module(name)


def keep_what_is_loaded() -> None:
    """Take what the open engines hold out of the garbage collector's rounds, and let it go round less often.

    Catalog, lexicon, models and modules stay for as long as the process; walking through them again and again was a
    fifth of what a question computes (docs/speed.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 10, 10)

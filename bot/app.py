"""The Bolt app, and the bot around it: intake before the ack, work behind it, answers on the way back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.answers import Answers
from bot.deps import BotDeps
from bot.envelopes import Envelope
from bot.guard import WsgiApp
from bot.http import HttpServer
from bot.identity import Audiences
from bot.intake import Intake, Threads
from bot.listeners import SHAPE_ERRORS, answer_nonsense, register
from bot.openings import Openings
from bot.refusals import SlackRefused
from bot.requests import build_request
from bot.socket import SocketConnection
from bot.status_board import StatusBoard
from bot.transport import SlackTransport, call
from bot.work_pool import WorkPool
from frontline.core.errors import EngineError, UsageError
from frontline.core.reply import Outcome, Reply


def build_app(deps: BotDeps) -> App:
    """Return the Bolt app of a bot whose workers run; ``FrontlineBot`` also knows how to stop them."""
    bot = FrontlineBot(deps)
    bot.start_workers()
    return bot.app


class SteadyApp(App):
    """A Bolt app whose dispatch never raises.

    Bolt reads fields before any listener runs, and again for its error handler; a shape that it did not expect comes
    out of it as an IndexError. Over HTTP that is a bad request; over Socket Mode, where only a 200 is an ack, asking
    for the same nonsense three more times helps nobody.
    """

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        try:
            return super().dispatch(req)
        except SHAPE_ERRORS as error:
            return answer_nonsense(error, req)


class FrontlineBot:
    """Everything between Slack and ``deps.dispatch``."""

    def __init__(self, deps: BotDeps) -> None:
        settings = deps.settings
        self.deps = deps
        # At DEBUG they write every request and answer into the log, a steward's window with a raw text among them.
        for library in ("slack_sdk", "slack_bolt"):
            logging.getLogger(library).setLevel(logging.INFO)
        self.client = WebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.base_url,
            timeout=settings.timeout_s,
            retry_handlers=[],
        )
        self.transport = SlackTransport(self.client)
        self._threads = Threads(deps)
        self._audiences = Audiences(self.client, deps.clock)
        self._answers = Answers(self.transport, timeout_s=settings.timeout_s, joined=self._threads.join)
        self._openings = Openings(self.client)
        self._computing = threading.BoundedSemaphore(max(1, min(settings.computing, settings.workers)))
        self._statuses = StatusBoard(self._answers.show_status, after_s=settings.status_after_s)
        self.pool = WorkPool(
            deps.inbox, self.work, self.give_up, workers=settings.workers, most_waiting=settings.waiting
        )
        self.intake = Intake(
            deps, pool=self.pool, statuses=self._statuses, openings=self._openings, threads=self._threads
        )
        self._bot_user_id, self._team_id = settings.bot_user_id, settings.team_id
        self.app = self._build_app()
        self._socket: SocketConnection | None = None
        self._http: HttpServer | None = None

    def work(self, envelope: Envelope) -> bool:
        """Answer one envelope; returns whether the person can be taken to have seen the answer."""
        return self._answer(envelope, self._dispatch(envelope))

    def give_up(self, envelope: Envelope, error_id: str) -> bool:
        """Tell the person that we broke; the log holds the traceback under ``error_id``."""
        sentence = f"Something broke on our side ({error_id}). Nothing was changed that I know of; please try again."
        return self._answer(envelope, Reply(sentence, outcome=Outcome.FAILED))

    def identify(self) -> str:
        """Learn who we are from auth.test; returns the bot's user id.

        Raises:
            UsageError: Slack refuses the bot token.
            EngineError: Slack cannot be reached.
        """
        try:
            answer = call(self.client.auth_test)
        except SlackRefused as refused:
            raise UsageError(
                f"Slack refuses the bot token ({refused.code}).",
                next_step="Check FRONTLINE_SLACK_BOT_TOKEN: it begins with xoxb- and the app must be installed.",
            ) from refused
        except EngineError as error:
            base_url = self.deps.settings.base_url
            raise EngineError(f"Slack cannot be reached at {base_url}.", permanent=False) from error
        self._bot_user_id = str(answer.get("user_id") or self._bot_user_id)
        self._team_id = str(answer.get("team_id") or self._team_id)
        self.intake.bot_user_id = self._bot_user_id
        return self._bot_user_id

    def start_workers(self) -> None:
        """Work on what is in the inbox and on what comes."""
        self.pool.start()

    def start_socket(self) -> SocketConnection:
        """Identify, work, and take envelopes over Socket Mode."""
        self.identify()
        connection = SocketConnection(self.app, self.deps.settings)
        connection.start()
        self._socket = connection
        self.start_workers()
        return connection

    def start_http(
        self, host: str = "127.0.0.1", port: int = 3000, *, beside: Mapping[str, WsgiApp] | None = None
    ) -> HttpServer:
        """Identify, work, and take signed requests over HTTP; port 0 chooses a free one."""
        self.identify()
        server = HttpServer(self.app, self.deps, host=host, port=port, beside=beside)
        self._http = server
        server.start()
        self.start_workers()
        return server

    def stop(self) -> None:
        """Take nothing more, finish what is being worked on; the rest waits in the inbox."""
        if self._socket is not None:
            self._socket.stop()
        if self._http is not None:
            self._http.stop()
        self.pool.stop()
        self._statuses.stop()
        self._openings.stop()

    def _answer(self, envelope: Envelope, reply: Reply) -> bool:
        self.intake.doorstep.wait(envelope.inbound_id)
        status = self._statuses.take(envelope.inbound_id)
        opened = self._openings.take(envelope.inbound_id)
        return self._answers.send(envelope, reply, opened=opened, status=status)

    def _dispatch(self, envelope: Envelope) -> Reply:
        to_channel = envelope.kind == "action" and self.deps.speaks_to_channel(envelope.name)
        audience = self._audiences.of(envelope, to_channel=to_channel)
        value = self._permalink(envelope) if envelope.kind == "shortcut" else None
        with self._computing:
            return self.deps.dispatch(build_request(envelope, audience=audience, value=value))

    def _permalink(self, envelope: Envelope) -> str:
        try:
            answer = call(self.client.chat_getPermalink, channel=envelope.channel, message_ts=envelope.ts)
        except EngineError:
            return envelope.value
        return str(answer.get("permalink") or envelope.value)

    def _build_app(self) -> App:
        token = self.deps.settings.bot_token.get_secret_value()

        def authorize() -> AuthorizeResult:
            # Without it Bolt would ask auth.test before the first ack.
            return AuthorizeResult(
                enterprise_id=None,
                team_id=self._team_id or None,
                bot_user_id=self._bot_user_id or None,
                bot_token=token,
            )

        app = SteadyApp(
            name="frontline",
            # Bolt's own client is used for nothing; with a token it would warn that the token is ignored.
            client=WebClient(base_url=self.deps.settings.base_url, retry_handlers=[]),
            authorize=authorize,
            signing_secret="behind-the-guard",  # noqa: S106  # ``bot.guard`` verifies; Socket Mode is not signed
            request_verification_enabled=False,
            token_verification_enabled=False,
            # What is our own is judged in ``envelopes``, where other bots are judged too.
            ignoring_self_events_enabled=False,
            # The listener runs in the thread of the request and ends with the ack: no pool to queue in, and no
            # event is acknowledged before it is kept.
            process_before_response=True,
            # ``listeners.answer_error`` turns what no listener matches into an ack.
            raise_error_for_unhandled_request=True,
        )
        register(app, self.intake)
        return app

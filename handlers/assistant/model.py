"""A language model behind one careful call: a deadline for the whole answer, an hourly budget, a circuit breaker.

Nothing of it is imported before the first call, and without a configured model none is ever made. The model decides
nothing: what comes back is data that others check.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime as dt
import functools
import importlib.util
import logging
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr

from frontline.core.errors import EngineError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

STEPS = ("plan", "word", "investigate", "cite")
# Failures in a row that open the breaker, and how long it stays open.
MOST_FAILURES = 3
COOLING = dt.timedelta(minutes=5)
HOUR = dt.timedelta(hours=1)
MOST_TOKENS = 900
# An answer is a few hundred bytes; a server of OpenAI's form that sends more than this is cut off. The packages of
# other providers bring their own client: of these the deadline alone is kept.
MOST_BYTES = 262_144
MOST_AT_ONCE = 4
# Providers that can be told where to send (another provider keeps its own address).
TAKES_URL = frozenset({"openai", "azure_openai", "anthropic", "mistralai", "ollama", "groq", "deepseek", "xai"})


class ModelUnavailable(EngineError):
    """No usable answer came. ``reason``: off | broken | budget | busy | late | failed | invalid | unsure | private."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"the model gave no usable answer ({reason}{': ' if detail else ''}{detail})", permanent=False)
        self.reason = reason


@dataclass(frozen=True)
class ModelSettings:
    """How the machine is set. ``name`` is ``provider:model`` as langchain's ``init_chat_model`` takes it.

    ``may`` holds the steps it is used for: ``plan`` sees questions and the catalog, ``word`` and ``investigate`` see
    computed figures too, ``cite`` released texts and published debriefs. ``brake`` is a file that switches it off
    while it exists.
    """

    name: str
    url: str = ""
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout_s: float = 6.0
    calls_per_hour: int = 120
    may: frozenset[str] = frozenset({"plan"})
    brake: Path | None = None

    @property
    def provider(self) -> str:
        """The part before the colon; "" where langchain has to infer it."""
        provider, colon, _ = self.name.partition(":")
        return provider if colon else ""


class Breaker:
    """Opens after some failures in a row. Once it has cooled, one call alone tries: an answer lets the others through
    again, the next failure opens it anew. Of one process, safe between its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._opened: dt.datetime | None = None

    def lets_through(self, now: dt.datetime) -> bool:
        """Whether a call may be made now; the one that tries after cooling keeps the others waiting as long again."""
        with self._lock:
            if self._opened is None:
                return True
            if now - self._opened < COOLING:
                return False
            self._opened = now
            return True

    def is_open(self, now: dt.datetime) -> bool:
        """Whether no call may be made now; asking takes nobody's turn."""
        with self._lock:
            return self._opened is not None and now - self._opened < COOLING

    def note_answer(self) -> None:
        """Take that an answer came, of use or not: others may call again."""
        with self._lock:
            self._opened = None

    def note(self, now: dt.datetime, *, succeeded: bool) -> None:
        """Take whether a call was of use."""
        with self._lock:
            if succeeded:
                self._failures, self._opened = 0, None
                return
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._opened = now


class Budget:
    """So many calls in any hour, for the whole process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken: deque[dt.datetime] = deque()

    def take(self, now: dt.datetime) -> bool:
        """Take one call; False when there is none left."""
        with self._lock:
            while self._taken and now - self._taken[0] >= HOUR:
                self._taken.popleft()
            if len(self._taken) >= self._most:
                return False
            self._taken.append(now)
            return True


class Model:
    """The configured model. Safe to share between threads."""

    def __init__(self, settings: ModelSettings) -> None:
        self.settings = settings
        self.breaker = Breaker()
        self._budget = Budget(settings.calls_per_hour)
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._making = threading.Lock()
        self._made: BaseChatModel | None = None

    @property
    def name(self) -> str:
        """``provider:model`` as it was configured, for the stamp of an answer."""
        return self.settings.name

    def may(self, step: str) -> bool:
        """Whether it is used for ``step`` and not switched off."""
        return step in self.settings.may and not self.is_off

    @property
    def is_off(self) -> bool:
        """Whether somebody has pulled the brake."""
        return self.settings.brake is not None and self.settings.brake.exists()

    def call(
        self, make: Callable[[BaseChatModel], Awaitable[Answer]], *, now: dt.datetime, seconds: float | None = None
    ) -> Answer:
        """Return what ``make`` gets from the model within the deadline (the whole answer, not each read).

        The caller says with ``accept`` or ``reject`` whether it was of use.

        Raises:
            ModelUnavailable: switched off, over budget, broken, busy, late or failed; never another exception of a
                provider.
        """
        if self.is_off:
            raise ModelUnavailable("off")
        if not self._room.acquire(blocking=False):
            raise ModelUnavailable("busy")
        try:
            # The breaker last: who is let through while it cools is the one trial, and has to make the call.
            if self.breaker.is_open(now):
                raise ModelUnavailable("broken")
            if not self._budget.take(now):
                raise ModelUnavailable("budget")
            if not self.breaker.lets_through(now):
                raise ModelUnavailable("broken")
            return self._answer(make, now, seconds or self.settings.timeout_s)
        finally:
            self._room.release()

    def accept(self, now: dt.datetime) -> None:
        """The last answer was of use."""
        self.breaker.note(now, succeeded=True)

    def reject(self, now: dt.datetime, why: str) -> ModelUnavailable:
        """The last answer was not; return the error to raise. ``why`` is ours, never words of the model."""
        log.warning("an answer of %s was not taken: %s", self.name, why)
        self.breaker.note(now, succeeded=False)
        return ModelUnavailable("invalid", why)

    def warm_up(self) -> None:
        """Import the provider's package before the first person waits for it.

        Raises:
            ModelUnavailable: the package is not installed, or refuses its settings.
        """
        self._client()

    def _answer(self, make: Callable[[BaseChatModel], Awaitable[Answer]], now: dt.datetime, seconds: float) -> Answer:
        client = self._client()

        async def bounded() -> Answer:
            async with asyncio.timeout(seconds):
                return await make(client)

        future = _submit(bounded())
        try:
            error = future.exception(timeout=seconds + 1.0)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            future.cancel()
            error = TimeoutError()
        if error is None:
            self.breaker.note_answer()
            return future.result()
        self.breaker.note(now, succeeded=False)
        # The kind alone: a provider's message may repeat what was sent.
        log.warning("%s failed: %s", self.name, type(error).__name__)
        if isinstance(error, TimeoutError):
            raise ModelUnavailable("late") from None
        raise ModelUnavailable("failed", type(error).__name__) from None

    def _client(self) -> BaseChatModel:
        with self._making:
            if self._made is None:
                self._made = make_client(self.settings)
            return self._made


def make_client(settings: ModelSettings) -> BaseChatModel:
    """Return langchain's chat model for the settings.

    Raises:
        ModelUnavailable: the provider's package is missing, or does not take the settings.
    """
    quiet_tracing()
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": settings.timeout_s, "max_retries": 0, "max_tokens": MOST_TOKENS}
    if lacks_key(settings):
        raise ModelUnavailable("failed", "no key is set")
    key = settings.key.get_secret_value()
    if key or settings.url:
        # A key in the environment belongs to the provider itself, not to another address.
        options["api_key"] = key or "none"
    if settings.url:
        options["base_url"] = settings.url
    if settings.provider == "openai":
        options["http_async_client"] = _bounded_http(settings.timeout_s)
    try:
        made: BaseChatModel = init_chat_model(settings.name, **options)
    except (ImportError, ValueError, TypeError) as error:
        raise ModelUnavailable("failed", type(error).__name__) from None
    return made


def missing_package(settings: ModelSettings) -> str:
    """Return the package that the provider needs and that is not installed, "" when it is there or not known."""
    package = f"langchain_{settings.provider}" if settings.provider else ""
    if not package or settings.provider not in TAKES_URL:
        return ""
    package = {"langchain_azure_openai": "langchain_openai"}.get(package, package)
    return "" if importlib.util.find_spec(package) else package.replace("_", "-")


def lacks_key(settings: ModelSettings) -> bool:
    """Whether the provider would refuse for want of a key; only known of OpenAI's own address."""
    is_own = settings.provider == "openai" and not settings.url
    return is_own and not settings.key.get_secret_value() and not os.environ.get("OPENAI_API_KEY")


def quiet_tracing() -> None:
    """Keep langchain from sending what passes through it to a tracing service, whatever the environment says."""
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"


def _bounded_http(seconds: float) -> Any:
    """Return an HTTP client that follows no redirect and hangs up on an answer beyond ``MOST_BYTES``."""
    import httpx

    class Capped(httpx.AsyncByteStream):
        def __init__(self, inner: httpx.AsyncByteStream) -> None:
            self._inner = inner

        async def __aiter__(self) -> Any:
            size = 0
            async for chunk in self._inner:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise httpx.ReadError("the answer is too long")
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    class Careful(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise httpx.ReadError("a packed answer was not asked for: it may be of any size")
            if isinstance(response.stream, httpx.AsyncByteStream):
                response.stream = Capped(response.stream)
            return response

    plain = {"accept-encoding": "identity"}
    return httpx.AsyncClient(transport=Careful(), timeout=seconds, follow_redirects=False, headers=plain)


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    """One event loop for all calls of the process: a late one is cancelled there, and its connection closed."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model", daemon=True).start()
    return loop


def _submit(work: Coroutine[Any, Any, Answer]) -> concurrent.futures.Future[Answer]:
    return asyncio.run_coroutine_threadsafe(work, _loop())

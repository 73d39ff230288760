"""One stand-in provider and one small company for the whole folder; a new chain's work for each question."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlalchemy.orm import Session

from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.actor import PRIVATE, Actor, Audience, Role
from frontline.core.clock import FrozenClock
from frontline.core.ports import Verdict
from frontline.core.reply import Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import Provenance, QuestionText, RawText, seal
from frontline.governance.policy import Policy
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions import QuestionParser
from frontline.store.work import Store
from handlers.assistant import chain
from handlers.assistant.model import Model, ModelSettings
from handlers.assistant.turn import Turn
from handlers.desk import Desk, Work
from handlers.entries import build_registry
from tests.metrics.world import NOW, SmallFacts, make_world, person, write_facts

from .provider import Provider

NAME = "openai:stand-in"
SUPERVISOR = person(Role.SUPERVISOR, handle="sofia", team="Aurora")


class OpenGate:
    """Lets everything pass unmasked: what holds without a gate holds with one."""

    def check(self, text: RawText, **_: Any) -> Verdict:
        return Verdict(seal(text.reveal(), Provenance("open@1")))


@dataclass
class Assistant:
    """The chain over a small company, with a model behind a stand-in provider."""

    desk: Desk
    provider: Provider
    model: Model | None
    session: Session

    def turn(
        self,
        question: str,
        *,
        actor: Actor = SUPERVISOR,
        audience: Audience = PRIVATE,
        previous: MetricQuery | None = None,
        now: dt.datetime = NOW,
    ) -> Turn:
        request = Request("in1", RequestKind.COMMAND, PersonRef(handle=actor.handle), audience=audience)
        work = Work(self.desk, request, actor, audience, now, self.session)
        return Turn(work, QuestionText(question), previous=previous)

    def ask(self, question: str, **given: Any) -> tuple[Reply, Turn]:
        turn = self.turn(question, **given)
        return chain.answer(turn), turn

    def work(self, *, actor: Actor = SUPERVISOR, audience: Audience = PRIVATE) -> Work:
        return self.turn("", actor=actor, audience=audience).work

    def renew(self, **settings: Any) -> Model:
        """Another model of the same provider, with a closed breaker and a full budget."""
        options = {"name": NAME, "url": self.provider.url, "key": SecretStr("test"), "calls_per_hour": 10_000}
        self.model = Model(ModelSettings(**{**options, **settings}))
        return self.model


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.close()


@pytest.fixture(scope="session")
def shared_desk(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path: Path = tmp_path_factory.mktemp("facts") / "facts-7.duckdb"
    facts = SmallFacts(write_facts(path, make_world(customers=80, contacts=1200)))
    policy = Policy(catalog.permissions.permissions)
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), policy)
    parser = QuestionParser(catalog)
    nothing = cast("Any", lambda: None)
    return Desk(
        store=cast("Any", SimpleNamespace(clock=FrozenClock(NOW))),
        policy=policy,
        catalog=catalog,
        gate=cast("Any", OpenGate()),
        engine=engine,
        parser=lambda: parser,
        corpus=nothing,
        registry=build_registry(),
        themes=nothing,
        vault=nothing,
    )


@pytest.fixture(scope="session")
def shared_model(provider: Provider) -> Model:
    """One client for most tests: making one costs a second."""
    return Model(ModelSettings(NAME, provider.url, SecretStr("test"), timeout_s=5.0, calls_per_hour=100_000))


@pytest.fixture(scope="session")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session over a state in which nobody has done anything yet."""
    opened = Store.open(tmp_path_factory.mktemp("state") / "state.sqlite3", FrozenClock(NOW))
    opened.create_schema()
    with opened.read() as session:
        yield session
    opened.close()


@pytest.fixture
def assistant(shared_desk: Desk, shared_model: Model, provider: Provider, empty_state: Session) -> Iterator[Assistant]:
    provider.asked.clear()
    provider.headers.clear()
    shared_model.accept(NOW)
    made = Assistant(shared_desk, provider, shared_model, empty_state)
    shared_desk.model = lambda: made.model
    yield made
    shared_desk.model = lambda: None


def proposal(**changes: Any) -> dict[str, Any]:
    """What a good answer holds, changed at will."""
    query: dict[str, Any] = {
        "kind": "lookup",
        "metrics": ["fcr_rate"],
        "by": ["channel"],
        "filters": [],
        "period": {"start": "2026-05-01", "end": "2026-06-01", "grain": None},
        "compare": None,
        "order": None,
        "limit": None,
    }
    return {"understood": True, "query": {**query, **changes}}


def as_text(payload: Any) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload)


Hostile = Callable[[], Any]

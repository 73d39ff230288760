"""What the tests of releases do and look for: ask for an example, deliver what waits, find its form."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import select

from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.reply import Quote, Reply
from frontline.core.text import RawText
from frontline.governance import audit, outbox, releases
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message, View
from frontline.store.models.corpus import Document
from frontline.store.work import Unit
from tests.scenarios.conftest import Company


def denials(company: Company) -> list[str]:
    with company.house.store.read() as session:
        return [entry.action for entry in audit.entries(session, limit=200) if entry.outcome == "denied"]


def a_document(company: Company, **wanted: object) -> str:
    """Return the id of a complaint that nobody asked for yet."""
    with company.house.store.read() as session:
        query = select(Document).where(Document.kind == "complaint", Document.state == "inside")
        for row in session.scalars(query.order_by(Document.doc_id)):
            if all(
                getattr(row, name) == value
                for name, value in {"consent": True, "language": "english", **wanted}.items()
            ):
                return row.doc_id
    raise AssertionError(f"no complaint with {wanted}")


def quotes(company: Company) -> dict[str, str]:
    with company.house.store.read() as session:
        found = releases.released_quotes(session, SYSTEM, None, at=company.clock.now())
        return {quote.doc_id: quote.text.show() for quote in found}


def enqueue_quote(unit: Unit, release_id: str, said: str, *, action: str = outbox.DELIVER) -> None:
    """Put a released text below ``said`` into the outbox for the floor, under the key "q"."""
    [text] = [
        quote.text
        for quote in releases.released_quotes(unit.session, SYSTEM, None, at=unit.now)
        if quote.release_id == release_id
    ]
    floor = Audience(AudienceKind.CHANNEL, channel="#floor")
    outbox.enqueue(unit, "q", "#floor", Reply(said, parts=[Quote(text)]), audience=floor, action=action)


def form_of(company: Company, person: Persona, title: str) -> View:
    def probe() -> View | None:
        view = person.view
        return view if view and title in str(view.definition.get("title")) else None

    view = company.slack.wait_for(probe, timeout=60, what=f"the form {title}")
    assert view is not None
    return view


def release_id_in(message: Message) -> str:
    found = re.search(r"rel_\w{10}", text_of(message))
    assert found is not None, text_of(message)
    return found.group()


def ask(company: Company, doc_id: str) -> str:
    # The gate takes its time to open; the running bot does it before the first person comes.
    company.house.gate.check(RawText("warm"))
    said = company.command("trainer", f"/ops example request {doc_id} for onboarding", containing="Asked")
    return release_id_in(said)


def deliver(company: Company) -> None:
    """Let what waits go: one message a second and channel, and the clock stands still otherwise."""
    company.clock.advance(dt.timedelta(seconds=2))
    company.assembly.delivery.step()


def asked_in_dm(company: Company, reviewer: str, release_id: str) -> Message:
    deliver(company)
    return company.as_user(reviewer).wait_message(containing=release_id, timeout=60)

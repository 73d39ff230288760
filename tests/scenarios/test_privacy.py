"""What the gate held back, in front of a steward; and that its words stand in that window and nowhere else."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

import pytest
from sqlalchemy import select

from frontline.app.wiring import House
from frontline.core.actor import SYSTEM
from frontline.core.ports import Verdict
from frontline.core.text import RawText
from frontline.governance import audit
from frontline.sandbox.slack.driver import text_of
from frontline.store.models.corpus import Document
from tests.scenarios.conftest import Company
from tests.scenarios.test_releases import form_of

HELD = "Tegnap felhívtam az ügyfélszolgálatot és senki sem tudott segíteni nekem, üdvözlettel Zbyszko Kovács."


def let_others_write_meanwhile(house: House, patch: pytest.MonkeyPatch, name: str) -> list[str]:
    """Write to the state whenever the gate is asked: what comes in from Slack has to become durable meanwhile."""
    inner, asked = getattr(house.gate, name), []

    def watched(*given: Any, **named: Any) -> Verdict:
        other = sqlite3.connect(house.home / "state.sqlite3", timeout=3)
        other.execute("BEGIN IMMEDIATE")
        other.close()
        asked.append(name)
        verdict: Verdict = inner(*given, **named)
        return verdict

    patch.setattr(house.gate, name, watched)
    return asked


def test_a_steward_reviews_what_the_gate_held_back_and_its_words_stand_nowhere_else(
    company: Company, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    house, steward = company.house, company.as_user("steward")
    house.gate.check(RawText("warm"))
    with house.store.unit() as unit:
        for row in unit.session.scalars(select(Document).where(Document.state == "quarantined")):
            unit.session.delete(row)
        unit.commit()
    [taken] = list(house.corpus.add(SYSTEM, [{"id": "complaint-C9999999", "kind": "complaint", "text": HELD}]))
    assert taken["decision"] == "quarantined"
    asked = [let_others_write_meanwhile(house, monkeypatch, name) for name in ("check", "review")]
    listed = company.command("steward", "/ops privacy queue", containing="wait")
    assert "complaint-C9999999" in text_of(listed)
    assert "language unknown" in text_of(listed)
    company.command("trainer", "/ops privacy queue", containing="This is for stewards")
    in_channel = company.answer(
        steward, lambda: steward.mention("floor", "/ops privacy queue"), channel="floor", containing="may not"
    )
    assert "direct message" in text_of(in_channel)
    steward.click(listed, "Review")
    form = form_of(company, steward, "Review")
    assert "Zbyszko" in str(form.definition)
    decided = company.answer(
        steward, lambda: steward.submit(form, {"words": "Kovács", "language": "dutch"}), containing="complaint-C9999999"
    )
    assert "The text is inside" in text_of(decided)
    assert "never released" in text_of(decided)
    assert all(asked)
    company.answer(steward, lambda: steward.click(decided, "Undo"), containing="waits for a steward again")
    said = company.command(
        "steward", '/ops privacy deny "Zbyszko Kovács" because he asked for it', containing="From now on"
    )
    assert "Zbyszko" not in text_of(company.command("steward", "/ops privacy list", containing="on the lists"))
    masked = house.gate.check(RawText("I spoke with zbyszko kovács about it."))
    assert masked.text is not None
    assert "zbyszko" not in masked.text.show()
    company.answer(steward, lambda: steward.click(said, "Undo"), containing="Off the deny list")
    assert all("Zbyszko" not in str(message.to_api()) for message in company.slack.workspace.messages)
    with house.store.read() as session:
        trail = list(audit.entries(session, limit=200))
    assert any(entry.action == "vault.open" for entry in trail)
    assert not any("byszko" in str(vars(entry)) for entry in trail)
    assert "byszko" not in caplog.text
    house.store.checkpoint()
    for path in (house.home / "state.sqlite3", *house.home.glob("index/**/*")):
        assert not path.is_file() or b"byszko" not in path.read_bytes()

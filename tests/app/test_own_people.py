"""Names of the roster and of the loaded agents are masked in what people write, from the next tick on."""

from __future__ import annotations

import json
from pathlib import Path

from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.text import RawText
from frontline.governance import audit, names, people
from frontline.store.intake.safekeeping import IDENTITY, agent_subject
from frontline.store.vault import VaultEntry


def test_a_name_that_no_rule_knows_is_masked_once_the_roster_says_it(tmp_path: Path) -> None:
    house = House(Settings(home=tmp_path))
    text = RawText("then zanthor told me to call back, and quibbleton hung up on me again")
    before = house.gate.check(text)
    assert before.text is not None
    assert "zanthor" in before.text.show()
    with house.store.unit() as unit:
        people.add_person(unit, "zan")
        names.keep_names(unit, house.vault, {"zan": "Zanthor Vexley"})
        content = json.dumps({"name": "Mira Quibbleton"}).encode()
        house.vault.put(unit, VaultEntry(agent_subject("a07"), IDENTITY, content))
        unit.commit()
    house.own_people.refresh()
    after = house.gate.check(text)
    assert after.text is not None
    assert "zanthor" not in after.text.show()
    assert "quibbleton" not in after.text.show()
    with house.store.read() as session:
        opened = [entry for entry in audit.entries(session, limit=9) if entry.action == "vault.open"]
    house.own_people.refresh()
    with house.store.read() as session:
        again = [entry for entry in audit.entries(session, limit=9) if entry.action == "vault.open"]
    assert len(opened) == len(again), "opened once for a change, not at every tick"

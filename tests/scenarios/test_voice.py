"""What customers say in surveys: one's own figures, a team's, and what stays hidden."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from frontline.app.wiring import House
from frontline.core.reply import Outcome, Quote, Reply, Table
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import Provenance, RawText, seal
from frontline.sandbox.slack.driver import text_of
from frontline.store.models.corpus import Document
from retrieval.corpus import Corpus
from tests.scenarios.conftest import Company, open_house

AGREED = "person_level:\n  agreement: WC-2026-04\n  purpose: coaching\n  roles: [supervisor]\n"
_numbers = itertools.count()


def ops(house: House, who: str, words: str) -> Reply:
    """Type ``/ops words`` in private."""
    request = Request(f"voice-{next(_numbers)}", RequestKind.COMMAND, PersonRef(handle=who), "ops", RawText(words))
    return house.doorway.dispatch(request)


def test_an_agent_sees_their_own_voice_and_a_supervisor_the_teams(shared_company: Company) -> None:
    own = text_of(shared_company.command("agent", "/ops voice last month", containing="Your customer satisfaction"))
    assert "n " in own or "hidden until 5 ratings" in own
    assert "Nobody else looked at your figures" in own
    team = text_of(shared_company.command("supervisor", "/ops voice last quarter", containing="Customer satisfaction"))
    assert "aurora" in team.lower()
    assert "% of those asked answered" in team
    assert "femke" not in team.lower()


def test_no_agent_of_the_team_is_shown_before_an_agreement_and_each_sees_who_looked_after_it(fresh_home: Path) -> None:
    policies = fresh_home / "catalog" / "policies.yaml"
    policies.unlink()  # the demo company has an agreement; an organisation begins without one
    house = open_house(fresh_home)
    refused = ops(house, "sam", "voice agents last quarter")
    assert refused.outcome is Outcome.DENIED
    assert "data agreement" in refused.headline
    house.store.close()

    policies.write_text(AGREED, encoding="utf-8")
    house = open_house(fresh_home)
    listed = ops(house, "sam", "voice agents last quarter")
    table = next(part for part in listed.parts if isinstance(part, Table))
    names = [str(row[0]) for row in table.rows]
    assert names
    assert names == sorted(names)
    for row in table.rows:
        hidden = row[2] == "hidden"
        assert hidden == (row[1] == "hidden")
        assert hidden or int(str(row[2])) >= 5
    assert "Single agents" in ops(house, "sam", "voice by agent").headline
    own = ops(house, "anna", "voice last quarter")
    assert "@sam on 17 Jun" in str(own.parts)
    plant_words(house, "AG01", customers=4)
    few = ops(house, "sam", "voice agents @anna last quarter")
    assert "n " in few.headline
    assert "once 5 of them wrote" in str(few.parts)
    plant_words(house, "AG01", customers=6)
    shown = ops(house, "sam", "voice agents AG01 last quarter")
    quotes = [part for part in shown.parts if isinstance(part, Quote)]
    assert len(quotes) == 3
    assert all(part.text.show().startswith("word ") and "2026" not in part.caption for part in quotes)
    # A month that is not whole gives the same words; a topic would make the group smaller.
    assert not [p for p in ops(house, "sam", "voice agents AG01 last week").parts if isinstance(p, Quote)]
    for who in ("anna", "lena", "tomas", "stella"):
        assert ops(house, who, "voice agents AG01 last quarter").outcome is Outcome.DENIED
    of_others = {ops(house, "sam", f"voice agents {who} last quarter").headline for who in ("@kamil.wrobel", "@nobody")}
    assert of_others == {"Supervisors see the figures of agents of their own team only."}
    house.store.close()


def plant_words(house: House, agent_id: str, *, customers: int) -> None:
    """Let customers have written about an agent in the first quarter, two of them twice."""
    with house.store.unit() as unit:
        for number in range(customers + 2):
            at = f"2026-0{1 + number % 3}-11T09:00:00+00:00"
            unit.session.merge(
                Document(
                    doc_id=f"verbatim-{number}", kind="verbatim", state="inside", received_at=at, agent_id=agent_id,
                    text=seal(f"word {number}", Provenance("index@2")), customer_key=f"customer {number % customers}",
                    content_key=f"{number * 7 % 5}{number}", added_at=unit.now, changed_at=unit.now, reasons=[],
                )
            )  # fmt: skip
        unit.commit()


def test_an_agent_names_nobody_else_and_objects_to_a_figure(fresh_home: Path) -> None:
    house = open_house(fresh_home)
    other = ops(house, "anna", "voice by team")
    assert other.outcome is Outcome.FAILED
    assert ops(house, "anna", "voice agents").outcome is Outcome.DENIED
    assert ops(house, "sam", "voice contest it is mine").outcome is Outcome.DENIED
    sent = ops(house, "anna", "voice contest three of these were transfers from sales")
    assert "sent to your supervisor" in sent.headline
    assert "is hidden: too few were asked" in str(ops(house, "sam", "voice last week").parts)
    house.store.close()


def test_words_nobody_understands_are_asked_about_and_quotes_carry_only_their_week(fresh_home: Path) -> None:
    house = open_house(fresh_home)
    asked = ops(house, "lena", "voice by shoe size")
    assert asked.outcome is Outcome.FAILED
    assert "did not understand" in asked.headline
    text = seal("I had to call three times", Provenance("index@1"))
    found = [SimpleNamespace(text=text, category="billing", received=f"2026-0{month}-11") for month in (1, 2, 3, 4)]
    house.desk.corpus = lambda: cast(Corpus, SimpleNamespace(search=lambda *_, **__: found))
    said = ops(house, "lena", "voice last quarter")
    quotes = [part for part in said.parts if isinstance(part, Quote)]
    assert quotes
    for part in quotes:
        assert "week of" in part.caption
        assert "11" not in part.caption
    house.store.close()

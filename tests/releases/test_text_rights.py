"""For what, on which grounds and to whom words may be shown: the policy of each audience decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from anonymization.policy import Policy as TextPolicy
from anonymization.policy import load_policies
from frontline.catalog.permissions import load_permissions
from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.errors import NotPermitted
from frontline.governance import releases
from frontline.governance.consents import withdraw_consents
from frontline.governance.examination import examine
from frontline.governance.policy import Policy
from frontline.governance.text_rights import DIGEST, LIBRARY, SHARING, TextRights, needs_consent
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from frontline.store.work import Store, Unit
from tests.releases.conftest import ANNA, GATE, RULES, SAM, STELLA, TOMAS, add_document, look, words

LENA = Actor("per_lena", "lena", roles=frozenset({Role.LEADER}))


def with_policies(**changes: Mapping[str, Any]) -> Policy:
    """Return the permissions with text policies that differ from the shipped ones."""
    policies: dict[str, TextPolicy] = dict(load_policies())
    for name, change in changes.items():
        policies[name] = policies[name].model_copy(update=change)
    return Policy(load_permissions(), texts=TextRights(lambda: policies))


def asked(unit: Unit, purpose: str, *, legal_basis: str = "consent", policy: Policy | None = None) -> Release:
    rights = policy or with_policies()
    audience = rights.texts.admit_request(words(purpose), legal_basis)
    document = unit.session.get_one(Document, "c1")
    found = examine(unit.session, document, gate=GATE, rules=RULES, policy=audience.name)
    return releases.request(unit, TOMAS, found, purpose=words(purpose), legal_basis=legal_basis, policy=rights)


def released(unit: Unit, purpose: str) -> Release:
    row = asked(unit, purpose)
    found = examine(
        unit.session, unit.session.get_one(Document, "c1"), gate=GATE, rules=RULES, text=row.text, policy=row.audience
    )
    return releases.release(unit, STELLA, row.release_id, found, days=30)


def seen(unit: Unit, actor: Actor, policy: Policy | None = None) -> int:
    return len(releases.released_quotes(unit.session, actor, None, at=unit.now, policy=policy))


@pytest.mark.parametrize("purpose", ["marketing", "fun", "an advertisement", "onboardings"])
def test_a_purpose_that_no_policy_lists_is_refused_with_those_that_it_does(store: Store, purpose: str) -> None:
    with store.unit() as unit:
        add_document(unit)
        with pytest.raises(NotPermitted) as refusal:
            releases.request(unit, TOMAS, look(unit), purpose=words(purpose))
        assert refusal.value.policy_id == "text.trainer"
        for allowed in ("onboarding", "practice", "service", "decisions", "reporting"):
            assert allowed in refusal.value.message


def test_a_legal_basis_that_the_policy_does_not_know_is_refused_with_those_that_it_does(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit)
        with pytest.raises(NotPermitted, match=r"legitimate_interest is none .* trainer@2: consent"):
            asked(unit, "onboarding", legal_basis="legitimate_interest")
        grounds = load_policies()["trainer"].grounds.model_copy(update={"legal_basis": ("consent", "contract")})
        assert asked(unit, "onboarding", legal_basis="contract", policy=with_policies(trainer={"grounds": grounds}))


def test_what_was_asked_for_those_who_lead_is_shown_to_them_alone(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit)
        assert released(unit, "the quarterly reporting to the board").policy == "leadership@1"
        assert (seen(unit, LENA), seen(unit, SYSTEM)) == (1, 1)
        assert (seen(unit, ANNA), seen(unit, SAM), seen(unit, TOMAS)) == (0, 0, 0)


def test_what_was_released_for_training_is_shown_to_its_audience_and_to_those_who_lead(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit)
        assert released(unit, "onboarding of new agents").policy == "trainer@1"
        assert [seen(unit, actor) for actor in (ANNA, SAM, TOMAS, LENA)] == [1, 1, 1, 1]
        assert seen(unit, LENA, with_policies(leadership={"audience": ()}, trainer={"audience": (Role.LEADER,)})) == 1
        without_agents = with_policies(trainer={"audience": (Role.TRAINER,)})
        with pytest.raises(NotPermitted, match="your roles"):
            seen(unit, ANNA, without_agents)
        assert seen(unit, TOMAS, without_agents) == 1


def test_a_pull_for_a_purpose_that_the_policy_of_its_audience_does_not_list_is_refused() -> None:
    narrow = with_policies(trainer={"purposes": ("onboarding",)}, leadership={"purposes": ("decisions",)}).texts
    for actor, use, said in (
        (ANNA, LIBRARY, "trainer@2 shows words for onboarding, not for training"),
        (TOMAS, SHARING, "not for service"),
        (LENA, DIGEST, "leadership@1 shows words for decisions, not for reporting"),
        (SYSTEM, DIGEST, "not for reporting"),
    ):
        with pytest.raises(NotPermitted, match=said):
            narrow.admit_pull(actor, use)
    with pytest.raises(NotPermitted, match="your roles"):
        with_policies().texts.admit_pull(ANNA, DIGEST)


def test_a_policy_that_became_narrower_stops_what_waits_and_what_stands(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit)
        row = asked(unit, "coaching")
        found = look(unit, text=row.text)
        narrow = with_policies(trainer={"purposes": ("onboarding", "training")})
        with pytest.raises(NotPermitted, match="onboarding or training, for nothing else"):
            releases.release(unit, STELLA, row.release_id, found, days=30, policy=narrow)
        releases.release(unit, STELLA, row.release_id, found, days=30)
        assert seen(unit, ANNA) == 1
        grounds = load_policies()["trainer"].grounds.model_copy(update={"legal_basis": ("contract",)})
        assert seen(unit, ANNA, with_policies(trainer={"grounds": grounds})) == 0


@pytest.mark.parametrize(("actor", "purpose", "is_inside"), [(SAM, "search", True), (ANNA, "search", False)])
def test_private_views_are_for_the_audience_of_their_policy(actor: Actor, purpose: str, is_inside: bool) -> None:
    assert (with_policies().texts.admit_inside(actor, purpose) is not None) is is_inside


def test_private_views_are_for_their_purposes() -> None:
    rights = with_policies(index={"purposes": ("search", "quality")}).texts
    with pytest.raises(NotPermitted, match="index@2 shows words for search and quality, not for marketing"):
        rights.admit_inside(SAM, "marketing")
    with pytest.raises(NotPermitted, match="not for themes"):
        rights.admit_work("themes")
    rights.admit_work("search")


def test_a_policy_of_private_views_may_ask_for_consent() -> None:
    index = load_policies()["index"]
    assert not needs_consent(index)
    for change in ({"consent": True}, {"legal_basis": ("consent",)}):
        assert needs_consent(index.model_copy(update={"grounds": index.grounds.model_copy(update=change)}))


def test_consent_that_a_customer_took_back_ends_what_rests_on_it(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, customer_key="a" * 32)
        add_document(unit, "c2", customer_key="b" * 32)
        row = released(unit, "training")
        assert seen(unit, ANNA) == 1
        assert withdraw_consents(unit, {"c" * 32}) == 0
        assert withdraw_consents(unit, {"a" * 32}) == 1
        assert (seen(unit, ANNA), row.state) == (0, "expired")
        assert "consent" in " ".join(look(unit).blocks)
        assert unit.session.get_one(Document, "c2").consent
        assert withdraw_consents(unit, {"a" * 32}) == 0

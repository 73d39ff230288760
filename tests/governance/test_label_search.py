"""The label that there is already is proposed before somebody invents another spelling of it."""

import datetime as dt
from typing import Any

import pytest

from frontline.core.actor import Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.ports import TextEncoder
from frontline.core.text import AnonymizedText, Provenance, seal
from frontline.governance import tag_labels, tags
from frontline.governance.label_search import STALE, LabelFinder
from frontline.store.work import Store

ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}))
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
RULE = tags.shipped_rule()
IN_USE = {
    "billing-email-change": "can't change the billing email",
    "paper-invoice": "asks for a paper invoice by post",
    "no-callback": "was promised a call back and nobody called",
    "engineer-late": "technician did not show up in the agreed slot",
    "roaming-bundle-stop": "wants to stop the roaming bundle",
    "refund-status": "asks where the refund stays",
}
PARAPHRASES = [
    ("cant change invoice mail", "billing-email-change"),
    ("update email address for bills", "billing-email-change"),
    ("wants his invoices on a different mail address", "billing-email-change"),
    ("biling emial change", "billing-email-change"),
    ("invoice on paper please", "paper-invoice"),
    ("technician came late", "engineer-late"),
    ("turn off roaming package", "roaming-bundle-stop"),
]
BY_MEANING = [("nobody called me back as promised", "no-callback"), ("where is my refund", "refund-status")]
OTHERS = [
    "change delivery address", "billing date change", "double charged on the invoice", "email not working",
    "stop paper invoice", "start the roaming bundle", "refund refused", "callback too early", "engineer was rude",
    "change phone number", "router keeps restarting", "invoice as pdf", "sms codes not arriving",
    "wants to cancel the contract",
]  # fmt: skip


def words(text: str) -> AnonymizedText:
    return seal(text, Provenance("index@1"))


@pytest.fixture
def in_use(store: Store) -> Store:
    with store.unit() as unit:
        for label, text in IN_USE.items():
            tags.add_tag(unit, ANA, words(text), label=label)
        unit.commit()
    return store


def best(store: Store, finder: LabelFinder, text: str, **options: Any) -> str | None:
    with store.read() as session:
        found = finder.nearest(session, words(text), now=store.clock.now(), **options)
    return found[0].label if found else None


@pytest.mark.parametrize(("text", "label"), PARAPHRASES)
def test_a_cold_finder_compares_words(in_use: Store, text: str, label: str) -> None:
    def never() -> TextEncoder:
        raise AssertionError("the encoder is opened by the warm-up alone")

    assert best(in_use, LabelFinder(RULE, never), text) == label


def test_a_warm_finder_compares_meanings_too_and_leaves_others_alone(in_use: Store, encoder: TextEncoder) -> None:
    finder = LabelFinder(RULE, lambda: encoder)
    assert [best(in_use, finder, text) for text, _ in BY_MEANING] != [label for _, label in BY_MEANING]
    with in_use.read() as session:
        finder.warm_up(session, now=in_use.clock.now())
    found = {text: best(in_use, finder, text) for text, _ in (*PARAPHRASES, *BY_MEANING)}
    assert found == dict((*PARAPHRASES, *BY_MEANING))
    assert {text: best(in_use, finder, text) for text in OTHERS} == dict.fromkeys(OTHERS)


def test_only_the_same_in_other_words_is_taken_without_asking(in_use: Store) -> None:
    finder = LabelFinder(RULE)
    with in_use.read() as session:
        now = in_use.clock.now()
        [sure] = finder.nearest(session, words("cant change invoice mail"), now=now)
        [near] = finder.nearest(session, words("technician came late"), now=now)
    assert sure.is_sure
    assert not near.is_sure


def test_a_new_label_is_compared_by_its_own_words(in_use: Store) -> None:
    finder = LabelFinder(RULE)
    assert best(in_use, finder, "see the case", label="invoice-mail-change") == "billing-email-change"
    assert best(in_use, finder, "see the case", label="sim-swap") is None


def test_what_was_merged_or_chosen_before_leads_to_its_label(in_use: Store) -> None:
    finder = LabelFinder(RULE)
    with in_use.unit() as unit:
        tags.add_tag(unit, ANA, words("x"), label="ebill")
        tag_labels.merge(unit, SAM, "ebill", "billing-email-change")
        given = tags.add_tag(unit, ANA, words("y"), label="snail-thing").tag_id
        tags.move_tag(unit, ANA, given, into="paper-invoice")
        unit.commit()
    assert best(in_use, finder, "ebill") == "billing-email-change"
    assert best(in_use, finder, "z", label="snail-thing") == "paper-invoice"


def test_labels_that_nobody_uses_any_more_are_not_proposed(in_use: Store, clock: FrozenClock) -> None:
    clock.advance(STALE + dt.timedelta(days=1))
    assert best(in_use, LabelFinder(RULE), "cant change invoice mail") is None

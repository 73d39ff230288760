"""The anonymization gate of a home: its policies, its own people, its stewards' words, its encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping

    from anonymization.word_lists import WordLists
    from frontline.app.wiring import House
    from frontline.core.ports import ReviewGate
    from retrieval.corpus import Corpus


class GateLists:
    """Holds the allow and the deny list. The gate never touches the database: it may be asked in a unit."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lists: WordLists
        self.refresh()

    def current(self) -> WordLists:
        """Return the lists as they were at the last refresh."""
        return self._lists

    def refresh(self) -> None:
        """Read the lists anew; a running bot does at every tick, and right after a steward changed them."""
        from frontline.governance.gate_words import read_lists

        house = self._house
        with house.store.read() as session:
            self._lists = read_lists(session, house.org_key, at=house.clock.now())


def build_gate(house: House, *, workers: int = 0, ner: str = "") -> ReviewGate:
    """Return the gate, which knows the organisation's own people. Nothing heavy happens before its first check.

    ``workers``: so many processes share a file of more than a thousand texts. ``ner`` overrides FRONTLINE_NER.

    Raises:
        CatalogError: an own policy is faulty; file and line.
    """
    from anonymization.gate import PresidioGate
    from anonymization.own_people import OwnPeopleReview
    from anonymization.policy import own_policies

    gate = PresidioGate(
        policies=own_policies(house.catalog_folder),
        ner=ner or house.settings.ner,
        models=house.home / "models",
        reader=lambda: house.encoder,
        lists=house.gate_lists.current,
        workers=workers,
    )
    return OwnPeopleReview(gate, house.own_people.index)


def corpus_through(house: House, gate: Callable[[], ReviewGate]) -> Corpus:
    """Return the index of anonymized text with ``gate`` before it."""
    from frontline.core.periods import local_date
    from retrieval.corpus import Corpus
    from retrieval.links import FactLinks

    def agents_of(surveys: Collection[str]) -> Mapping[str, str]:
        return house.facts.agents_of_surveys(surveys)

    def opened_of(cases: Collection[str]) -> Mapping[str, dt.date]:
        return house.facts.opened_on(cases)

    return Corpus(
        house.store,
        home=house.home,
        encoder=lambda: house.encoder,
        gate=gate,
        policy=house.policy,
        vault=lambda: house.vault,
        key=lambda: house.org_key,
        url=house.settings.chroma_url,
        links=FactLinks(agents_of, opened_of),
        rules=lambda: _rules_of(house),
        today=lambda: local_date(house.clock.now(), house.catalog.calendar.zone_info),
    )


def _rules_of(house: House) -> str:
    """Return what the gate goes by today: its rules, its name model, the policy of the index, the stewards' words."""
    from anonymization.gate import RULES_VERSION
    from anonymization.policy import own_policies

    policy = own_policies(house.catalog_folder)["index"]
    return f"{RULES_VERSION} {house.settings.ner} {policy.tag} {house.gate_lists.current().version}"

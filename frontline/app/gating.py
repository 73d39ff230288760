"""The anonymization gate of a home: the organisation's policies, its own people, the encoder that the home has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.core.ports import Gate


def build_gate(house: House) -> Gate:
    """Return the gate, which knows the organisation's own people. Nothing heavy happens before its first check.

    Raises:
        CatalogError: an own policy is faulty; file and line.
    """
    from anonymization.gate import PresidioGate
    from anonymization.own_people import OwnPeopleGate
    from anonymization.policy import own_policies

    gate = PresidioGate(
        policies=own_policies(house.catalog_folder),
        ner=house.settings.ner,
        models=house.home / "models",
        reader=lambda: house.encoder,
    )
    return OwnPeopleGate(gate, house.own_people.index)

"""What several tests of homes share: the gate and the encoder, which cost seconds to open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from frontline.core.ports import Reader, ReviewGate

if TYPE_CHECKING:
    from anonymization.gate import PresidioGate
    from frontline.app.wiring import House


@pytest.fixture(scope="session")
def opened_gate(text_model: Path, encoder: Reader) -> PresidioGate:
    """The gate with its rules alone, as a home has it unless it says otherwise."""
    from anonymization.gate import PresidioGate

    return PresidioGate(models=text_model, reader=lambda: encoder)


@pytest.fixture(scope="module")
def quick_homes(opened_gate: PresidioGate, encoder: Reader) -> Iterator[None]:
    """Every home of the module opens the same gate and the same encoder."""
    from anonymization.own_people import OwnPeopleReview

    def build(house: House, *, workers: int = 0) -> ReviewGate:
        return OwnPeopleReview(opened_gate, house.own_people.index)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("frontline.app.gating.build_gate", build)
        patch.setattr("frontline.encoder.open_encoder", lambda _folder: encoder)
        yield

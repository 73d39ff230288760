"""One gate for the whole room: presidio costs seconds to load."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymization.gate import PresidioGate
from frontline.core.ports import Reader


@pytest.fixture(scope="session")
def gate() -> PresidioGate:
    """The gate by rules alone."""
    gate = PresidioGate()
    gate.start()
    return gate


@pytest.fixture(scope="session")
def gate_with_head(text_model: Path, encoder: Reader) -> PresidioGate:
    """The gate as it ships: the trained name head beside the rules."""
    gate = PresidioGate(ner="embedded", models=text_model, reader=lambda: encoder)
    gate.start()
    return gate

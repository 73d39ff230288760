"""One gate for the whole room: presidio costs seconds to load."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymization.gate import PresidioGate
from frontline.core.ports import Reader


@pytest.fixture(scope="session")
def gate(text_model: Path, encoder: Reader) -> PresidioGate:
    gate = PresidioGate(ner="embedded", models=text_model, reader=lambda: encoder)
    gate.start()
    return gate

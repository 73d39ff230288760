"""One gate for the whole room: presidio costs seconds to load."""

from __future__ import annotations

import pytest

from anonymization.gate import PresidioGate


@pytest.fixture(scope="session")
def gate() -> PresidioGate:
    gate = PresidioGate()
    gate.start()
    return gate

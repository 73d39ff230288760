"""What several lanes share: the exported text model, made once a run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from frontline.core.ports import Reader, ReviewGate
from tests.once import made_once

if TYPE_CHECKING:
    from anonymization.gate import PresidioGate
    from frontline.app.wiring import House

# What takes longest comes first: of two processes none is left alone with it at the end. One file of the stories opens,
# so that the company that they share is made while the other process has something else to do.
LONGEST_FIRST = (
    "test_sentences.py",
    "model",
    "app",
    "scenarios",
    "jobs_recontact",
    "anonymization",
    "intake",
    "metrics",
)


COLLECT_EVERY = 20_000  # objects

# The head reads twenty texts a second and each home exports its encoder first: the houses of the tests gate by rules.
# What the head does is tested in tests/anonymization, with the encoder that the run exports once.
os.environ.setdefault("FRONTLINE_NER", "rules")


# A busy machine draws slowly; that says nothing of what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_finish() -> None:
    """Spare the collector the modules of four thousand tests: walking through them was a part of every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 10, 10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by how long their file or folder takes; within it nothing changes."""
    items.sort(key=lambda item: _turn(item.path.parts))


def _turn(parts: Sequence[str]) -> int:
    return next((turn for turn, name in enumerate(LONGEST_FIRST) if name in parts), len(LONGEST_FIRST))


@pytest.fixture(scope="session")
def text_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real MiniLM, exported to int8 once a run."""
    from frontline.encoder import open_encoder

    return made_once(tmp_path_factory, "text-model", open_encoder)


@pytest.fixture(scope="session")
def encoder(text_model: Path) -> Reader:
    """The real MiniLM."""
    from frontline.encoder import open_encoder

    return open_encoder(text_model)


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data beside the repository; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data folder is not beside the repository")
    return folder


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

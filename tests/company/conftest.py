import datetime as dt
from pathlib import Path

import pytest

from frontline.sandbox.company.generator import World, generate, play
from frontline.sandbox.company.truth import Truth

SCALE = 0.2
START = dt.date(2025, 11, 1)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("harbor")
    return folder, generate(folder, seed=1, scale=SCALE, start=START)


@pytest.fixture(scope="session")
def world() -> World:
    return play(seed=1, scale=SCALE, start=START)

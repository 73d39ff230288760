"""What is dear to make, made once a run although several processes share the tests."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

# Set by pytest-xdist in each of its processes; each has a folder of its own below the run's.
WORKER = "PYTEST_XDIST_WORKER"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of the run that ``make`` has filled; whoever comes meanwhile waits for it. Read only, please."""
    base = factory.getbasetemp()
    root = base.parent if WORKER in os.environ else base
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a maker that failed: its error shall be seen again
            folder.mkdir()
            make(folder)
            done.touch()
    return folder

"""The first search of a process waits for what it needs, and for nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_searching_loads_neither_the_database_nor_what_learns() -> None:
    program = (
        "import sys, retrieval.ranking, retrieval.vectors;"
        "late = {'sqlalchemy', 'sklearn', 'torch'};"
        "late |= {'frontline.analysis.linear_head', 'frontline.analysis.hashed_terms'};"
        "print(sorted(late & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"

"""Runs the benchmarks one after the other and prints one table. Each has ``measure() -> list[Figure]``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.figures import Figure, show


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return 1 when a target was missed."""
    folder = Path(__file__).parent
    known = sorted(
        path.stem
        for path in folder.glob("*.py")
        if path.stem
        not in (
            "__init__",
            "__main__",
            "figures",
            "planted_truths",
            "router_scope",
            "search_on_anonymized",
            "corpus_quality",
            "corpus_peers",
            "known_items",
            "labelled",
        )
    )
    wanted = [name for name in known if not names or name in names]
    if unknown := set(names) - set(known):
        sys.stderr.write(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(known)}.\n")
        return 2
    figures: list[Figure] = []
    for name in wanted:
        sys.stderr.write(f"measuring {name} ...\n")
        figures += importlib.import_module(f"benchmarks.{name}").measure()
    sys.stdout.write(show(figures))
    return 1 if any(figure.is_missed for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

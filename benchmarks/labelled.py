"""Files of texts with labels, as the measurements of the corpus read them, and the text model that they need."""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from frontline.encoder import open_encoder

# A narrative may be longer than the csv module lets a field be.
LONGEST_FIELD = 1 << 24


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV or, by any other ending, of JSON lines."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        if path.suffix == ".csv":
            return list(csv.DictReader(handle))
        return [json.loads(line) for line in handle if line.strip()]


@contextmanager
def asked_with_encoder(
    parser: argparse.ArgumentParser, arguments: Sequence[str]
) -> Iterator[tuple[argparse.Namespace, Any]]:
    """Parse ``arguments``, ``--models`` among them, and open the text model for as long as the measurement takes."""
    parser.add_argument("--models", type=Path, help="where the exported text model lies, for example var/models")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        yield asked, open_encoder(asked.models or Path(folder))

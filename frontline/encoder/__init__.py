"""Text to vectors. The only home of sentence-transformers, torch and onnxruntime."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontline.core.ports import Reader

__all__ = ["default_folder", "open_encoder"]


def default_folder() -> Path:
    """Return where the exported encoder lives when nobody says: ``models`` in the home folder."""
    return Path(os.environ.get("FRONTLINE_HOME", "var")) / "models"


def open_encoder(folder: Path) -> Reader:
    """Return the packaged MiniLM as int8 ONNX, exported into ``folder`` on first use (about 10 s, once).

    When the export fails its check against sentence-transformers, the reference model itself is returned.
    """
    from frontline.encoder.minilm import open_minilm

    return open_minilm(folder)

"""Text to vectors. The only home of sentence-transformers, torch and onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontline.core.ports import Reader

__all__ = ["open_encoder"]


def open_encoder(folder: Path) -> Reader:
    """Return the packaged MiniLM as int8 ONNX, exported into ``folder`` on first use (about 10 s, once).

    When the export fails its check against sentence-transformers, the reference model itself is returned.
    """
    from frontline.encoder.minilm import open_minilm

    return open_minilm(folder)

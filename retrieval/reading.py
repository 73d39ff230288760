"""What the index reads of an anonymized text: the words around its placeholders.

"[CUSTOMER]" and "[ACCOUNT]" say that somebody stood there, and pull together texts that have nothing else in common:
without them a search finds more than on the raw text (``python -m benchmarks.search_on_anonymized``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from anonymization.grammar import around_placeholders
from frontline.core.ports import TextEncoder

_RULES = "around-1"
"""Raised with every change of what is read: an index that read texts another way is made anew."""


class PlainReader:
    """A text model that reads texts without their placeholders. Its vectors lie in the space of the model ``base``."""

    def __init__(self, base: TextEncoder) -> None:
        self.base = base

    @property
    def model_id(self) -> str:
        return f"{self.base.model_id}/{_RULES}"

    @property
    def dim(self) -> int:
        return self.base.dim

    def encode(self, texts: Sequence[str]) -> Any:
        """Return a float32 array of shape (len(texts), dim) with unit rows."""
        return self.base.encode([around_placeholders(text) for text in texts])


def read_plainly(encoder: Callable[[], TextEncoder]) -> Callable[[], PlainReader]:
    """Return what opens ``encoder`` as a reader without placeholders."""
    return lambda: PlainReader(encoder())

"""Who needs torch and who must not take it along take turns.

Presidio and spaCy import torch and transformers merely because they are installed. Neither the rules nor the embedded
name head has a use for them: without them the gate opens in a quarter of the time, and a bot needs 300 MB less. While
they are hidden nobody else may import them, so that whoever does (the export of the text model) waits for the turn.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import cast

HEAVY = ("torch", "transformers")
_TURN = threading.RLock()


@contextlib.contextmanager
def with_torch() -> Iterator[None]:
    """Import torch, transformers or what builds on them in here: not while they are hidden."""
    with _TURN:
        yield


@contextlib.contextmanager
def without_torch() -> Iterator[None]:
    """Hide torch and transformers from what is imported in here; where they are loaded already they stay."""
    modules = cast(dict[str, object], sys.modules)
    with _TURN:
        hidden = [name for name in HEAVY if name not in modules]
        modules |= dict.fromkeys(hidden)
        try:
            yield
        finally:
            for name in hidden:
                del modules[name]

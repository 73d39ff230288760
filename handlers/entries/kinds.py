"""Short names of the ways in, for the lists of entries."""

from __future__ import annotations

from frontline.core.request import RequestKind

COMMAND, ACTION, FORM, SHORTCUT, HOME = (
    RequestKind.COMMAND,
    RequestKind.ACTION,
    RequestKind.FORM,
    RequestKind.SHORTCUT,
    RequestKind.HOME,
)

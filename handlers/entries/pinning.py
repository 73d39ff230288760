"""Pins: figures on a person's own App Home."""

from __future__ import annotations

from handlers import pins
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry

OWN = "pin.own"


def entries() -> list[Entry]:
    """Return the entries of this family."""
    one = pins.PinArguments
    return [
        Entry(
            COMMAND,
            ("ops", "pin list"),
            OWN,
            pins.list_pins,
            summary="shows the figures that you pinned to your App Home.",
            examples=("/ops pin list",),
            aliases=("ops pin", "ops pins"),
        ),
        Entry(
            COMMAND,
            ("ops", "pin drop"),
            OWN,
            pins.drop,
            one,
            whole("value"),
            writes=True,
            summary="unpins a figure.",
            examples=("/ops pin drop pin_4k7q0z2m9x",),
        ),
        Entry(ACTION, ("pin.add",), OWN, pins.add, one, writes=True),
        Entry(ACTION, ("pin.drop",), OWN, pins.drop, one, writes=True),
        Entry(ACTION, ("home.unpin",), OWN, pins.drop_at_home, one),
        Entry(ACTION, ("home.pin",), OWN, pins.add_at_home, one),
    ]

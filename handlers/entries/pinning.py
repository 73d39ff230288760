"""Pins: figures on a person's own App Home."""

from __future__ import annotations

from handlers import pins
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    one = pins.PinArguments
    return [
        Entry(
            COMMAND,
            ("ops", "pin list"),
            pins.ACTION,
            pins.list_pins,
            summary="shows the figures that you pinned to your App Home.",
            examples=("/ops pin list",),
            aliases=("ops pin", "ops pins"),
        ),
        Entry(
            COMMAND,
            ("ops", "pin drop"),
            pins.ACTION,
            pins.drop,
            one,
            whole("value"),
            writes=True,
            summary="unpins a figure.",
            examples=("/ops pin drop pin_4k7q0z2m9x",),
        ),
        Entry(ACTION, ("pin.add",), pins.ACTION, pins.add, one, writes=True),
        Entry(ACTION, ("pin.drop",), pins.ACTION, pins.drop, one, writes=True),
        Entry(ACTION, ("home.unpin",), pins.ACTION, pins.drop_at_home, one),
        Entry(ACTION, ("home.pin",), pins.ACTION, pins.add_at_home, one),
    ]

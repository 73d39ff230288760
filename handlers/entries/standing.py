"""How things stand: the floor now."""

from __future__ import annotations

from handlers import floor, ops
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "floor"),
            "metric.ask",
            floor.show_floor,
            floor.FloorArguments,
            whole("value"),
            summary="shows today's floor beside last week's; also of one queue, site or team.",
            examples=("/ops floor", "/ops floor care"),
        ),
        Entry(ACTION, ("floor.refresh",), "metric.ask", floor.refresh, floor.FloorArguments),
        Entry(ACTION, ("home.refresh",), "help.read", ops.refresh_home),
    ]

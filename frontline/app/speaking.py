"""The way of what is posted between the runs of a routine: in its name, so under what was decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontline.governance import routine_settings
from frontline.governance.shadow import Outgoing
from frontline.governance.tag_gaps import ROUTINE, Speak
from frontline.store.work import Unit

if TYPE_CHECKING:
    from frontline.app.wiring import House


def gap_voice(house: House) -> Speak:
    """Return the way of the post about a new gap among the tags: to the admins in the first days, none once stopped."""

    def speak(unit: Unit, post: Outgoing) -> bool:
        if routine_settings.is_stopped(unit.session, ROUTINE):
            return False
        definition = next(row for row in house.catalog.routines.routines if row.key == ROUTINE)
        house.post_office.take(unit, definition, post.key, [post])
        return True

    return speak

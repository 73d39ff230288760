"""The names of the organisation's people for the gate: read from the vault at first use and when they have changed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from frontline.governance import names

if TYPE_CHECKING:
    from anonymization.own_people import NameIndex
    from frontline.app.wiring import House


class OwnPeople:
    """Holds the index. ``index`` never touches the database: a gate may be asked in the middle of a unit."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._guard = threading.Lock()
        self._stamp: tuple[object, ...] = ()
        self._index: NameIndex
        self.refresh()

    def index(self) -> NameIndex:
        """Return the index as it was at the last refresh."""
        return self._index

    def refresh(self) -> None:
        """Read the names anew when they have changed; a running bot does at every tick."""
        from anonymization.own_people import NameIndex

        with self._guard:
            stamp = names.stamp(self._house.store, self._house.vault)
            if stamp != self._stamp:
                self._index = NameIndex(names.read_names(self._house.store, self._house.vault))
                self._stamp = stamp

"""Writers of one process take turns.

SQLite lets one transaction write at a time and has the others look again after 1, 2, 5, ... 100 ms: with eight
workers somebody is always asleep while the lock is free. Threads of one process queue for it here instead and are
woken when it is; between processes SQLite's own waiting stays.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from frontline.core.errors import EngineError

_HOLDS = "frontline_holds_turn"


class Turns:
    """One writer at a time among the connections of one engine. A turn ends when its connection goes back to the pool.

    Ask for it before BEGIN: the end of the session, whatever happened in it, gives it back.
    """

    def __init__(self, engine: Engine, *, patience_s: float) -> None:
        self._free = threading.Lock()
        self._patience_s = patience_s
        event.listen(engine, "checkin", self._give_back)

    def take(self, connection: Connection) -> None:
        """Wait for the turn.

        Raises:
            EngineError: another writer of this process did not finish in time.
        """
        held = connection.connection.record_info
        assert held is not None
        if held.get(_HOLDS):
            return  # a second transaction on the connection that has the turn
        if not self._free.acquire(timeout=self._patience_s):
            raise EngineError("The state database is locked by other work; try again.", permanent=False)
        held[_HOLDS] = True

    def _give_back(self, _connection: Any, record: Any) -> None:
        if record.record_info.pop(_HOLDS, False):
            self._free.release()

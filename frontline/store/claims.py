"""Who holds a row: leases that survive a crash, a restart and a reused process id."""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache


def owner_token() -> str:
    """Return ``host:pid:nonce`` of this process. The nonce tells a restarted process from its predecessor."""
    return f"{socket.gethostname()}:{os.getpid()}:{_nonce(os.getpid())}"


def is_owner_gone(owner: str | None) -> bool:
    """Whether the process behind ``owner`` surely runs no more.

    On another host nobody can tell, so the answer is no and the lease decides. In a container every process has
    the same id after a restart; the nonce settles that.
    """
    if not owner:
        return True
    if owner == owner_token():
        return False
    host, pid_text, _nonce = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    pid = int(pid_text)
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _nonce(pid: int) -> str:
    # Keyed by pid: a forked child inherits the cache and must not pass for its parent.
    return secrets.token_hex(4)

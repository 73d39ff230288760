"""Real processes that die: forked, so that they start in milliseconds, and ended by ``os._exit`` or SIGKILL."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

DIED = 9


def spawn(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked process and return its id. It never runs the parent's clean-up."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def exit_code(pid: int) -> int:
    """Wait for a process; minus the signal's number when it was killed."""
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def run(work: Callable[[], None]) -> int:
    """Run ``work`` in a process of its own and return how it ended."""
    return exit_code(spawn(work))


def dying_at(step: str) -> Callable[[str], None]:
    """Return a listener that ends the process at ``step`` as SIGKILL would: nothing is flushed or closed."""

    def listen(reached: str) -> None:
        if reached == step:
            os._exit(DIED)

    return listen

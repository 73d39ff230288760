"""The error taxonomy.

``UserError`` is shown to the person, with the next step. ``PrivacyError`` fails closed. ``CatalogError``
gathers every fault of a start-up at once. ``EngineError`` says whether trying again can help. Anything
else is a bug: the person gets an error id, the log gets the traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FrontlineError(Exception):
    """Base of every error that Frontline raises on purpose."""


class UserError(FrontlineError):
    """Something the person can put right. ``message`` is one sentence; ``next_step`` says what to do."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, next_step: str = "", choices: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.choices = tuple(choices)

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class UsageError(UserError):
    """The words of a command, a file or an option are off."""

    code = "usage"
    exit_code = 2


class NotFound(UserError):
    """What was named does not exist, or the actor may not know that it does."""

    code = "not_found"


def not_found(what: str, named: str, *, next_step: str, there_is_no: str = "") -> UserError:
    """Return what to raise where a name leads nowhere: which one is meant, where none was said; else that it is not.

    ``there_is_no`` begins the second sentence ("There is no alert", from ``what``, when empty).
    """
    if not named.strip():
        return UsageError(f"Which {what}?", next_step=next_step)
    return NotFound(f"{there_is_no or f'There is no {what}'} {named.strip()[:40]}.", next_step=next_step)


class NotPermitted(UserError):
    """``authorize`` said no. ``policy_id`` names the row of the policy table that decided."""

    code = "not_permitted"
    exit_code = 3

    def __init__(self, message: str, *, policy_id: str, next_step: str = "", needs: Sequence[str] = ()) -> None:
        super().__init__(message, next_step=next_step)
        self.policy_id = policy_id
        self.needs = tuple(needs)


class TooFewPeople(UserError):
    """The figure exists, but so few people stand behind it that it would point at one of them."""

    code = "too_few"


class Conflict(UserError):
    """Somebody else was faster, or the thing is already in the wanted state."""

    code = "conflict"
    exit_code = 4


class Ambiguous(UserError):
    """More than one reading; ``choices`` are full restatements, best first."""

    code = "ambiguous"


class PrivacyError(FrontlineError):
    """The gate could not vouch for a text. Never carries the text."""


@dataclass(frozen=True)
class Fault:
    """One fault of a configuration file. ``line`` counts from 1; 0 means the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CatalogError(FrontlineError):
    """All faults of the catalog, found in one pass."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class EngineError(FrontlineError):
    """A database, Slack, the vector store or a model failed.

    ``permanent`` says that trying again cannot help. ``retry_after`` (seconds) is what the other side asked for.
    """

    def __init__(self, message: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after

    @property
    def next_step(self) -> str:
        """What the person who reads the message can do."""
        return "Tell the admin; trying again will not help." if self.permanent else "Try again in a minute."


class UncertainDelivery(EngineError):
    """Nobody can know whether Slack took the message: read back before sending again."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)

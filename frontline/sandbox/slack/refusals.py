"""How the stand-in says no: the error codes of Slack's Web API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frontline.core.errors import FrontlineError


class Refusal(FrontlineError):
    """The Web API answers ``ok: false`` with ``code``; ``details`` join the answer."""

    def __init__(self, code: str, *, status: int = 200, retry_after: int = 0, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        return {"ok": False, "error": self.code, **self.details}


def refuse_arguments(*messages: str, code: str = "invalid_arguments") -> Refusal:
    """Return a refusal that lists what is wrong, as Slack does in ``response_metadata.messages``."""
    return Refusal(code, errors=list(messages), response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})


def refuse_blocks(problems: Sequence[str]) -> Refusal:
    """Return ``invalid_blocks`` with the JSON pointers of what is wrong."""
    return refuse_arguments(*problems, code="invalid_blocks")

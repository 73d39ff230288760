"""What Slack says of an account: a member of the own workspace, a guest, a bot, or somebody of another organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from bot.transport import call
from frontline.core.errors import EngineError
from frontline.core.ports import Profile


class Profiles:
    """Reads profiles one by one; names and addresses in them are not looked at."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def of(self, team_id: str, user_id: str) -> Profile | None:
        """Return the profile of an account, or None when Slack does not tell."""
        try:
            answer = call(self._client.users_info, user=user_id)
        except EngineError:
            return None
        user = answer.get("user")
        return read_profile(user, team_id) if isinstance(user, Mapping) else None


def read_profile(user: Mapping[str, Any], team_id: str) -> Profile:
    """Return the profile of a ``user`` object; whatever is odd about it makes it less than a member."""
    if user.get("is_bot") is True or user.get("is_workflow_bot") is True:
        kind = "bot"
    elif user.get("is_stranger") is True or user.get("team_id") != team_id:
        kind = "stranger"
    elif user.get("is_restricted") is not False or user.get("is_ultra_restricted") is not False:
        kind = "guest"
    else:
        kind = "closed" if user.get("deleted") is True else "member"
    return Profile(kind, str(user.get("name") or ""))

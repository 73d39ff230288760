"""A roster: who belongs, from a list that the organisation keeps; what of it can be taken, and what it changes."""

from __future__ import annotations

import re

_ACCOUNT = re.compile(r"^(?:([TE][A-Z0-9]{6,20}):)?([UW][A-Z0-9]{6,20})$")


def read_account(named: str, *, own_team: str) -> tuple[str, str]:
    """Return (``TEAM:USER``, "") or ("", what is wrong). A bare user id is of ``own_team``; "" is no account."""
    word = named.strip()
    if not word:
        return "", ""
    if "@" in word:
        return "", "an e-mail address is no Slack account: profiles are edited by their owners"
    found = _ACCOUNT.match(word)
    if found is None:
        return "", f"{word!r} is no Slack account such as U0123456789 or T0123456789:U0123456789"
    team = found[1] or own_team
    if not team:
        return "", f"{word} lacks its workspace: write TEAM:USER, or say slack_team once"
    return f"{team}:{found[2]}", ""

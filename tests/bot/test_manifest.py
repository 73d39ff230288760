"""The manifest asks for what the code uses, no more and no less."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from bot import manifest

BOT = Path(manifest.__file__).parent
SCHEMA = BOT.parents[1] / "shared" / "data" / "slack" / "manifest.schema.2.0.0.json"


def methods_in_code() -> set[str]:
    files = [*BOT.glob("*.py"), *(BOT.parent / "frontline" / "app").rglob("*.py")]
    text = "\n".join(path.read_text() for path in files if path.name != "manifest.py")
    return set(re.findall(r"client\.((?:auth|chat|conversations|files|users|views|reactions|bookmarks)_\w+)", text))


def test_every_web_api_method_in_the_code_is_in_the_registry_and_none_is_surplus() -> None:
    assert methods_in_code() == set(manifest.METHODS)


def test_each_scope_has_a_reason_and_none_is_surplus() -> None:
    reasons = {"commands": {"slash commands"}}
    for table in (manifest.EVENTS, manifest.METHODS):
        for user, needed in table.items():
            for scope in needed:
                reasons.setdefault(scope, set()).add(user)
    assert manifest.scopes() == sorted(reasons)
    assert manifest.build_manifest()["oauth_config"]["scopes"]["bot"] == sorted(reasons)


def test_the_scopes_are_the_agreed_ones() -> None:
    assert set(manifest.scopes()) == {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "users:read",
    }


@pytest.mark.parametrize("public_url", [None, "https://frontline.example.org/"])
def test_http_mode_names_the_request_url_everywhere_and_socket_mode_nowhere(public_url: str | None) -> None:
    text = json.dumps(manifest.build_manifest(public_url=public_url))
    places = len(manifest.COMMANDS) + 2
    assert text.count("https://frontline.example.org/slack/events") == (places if public_url else 0)
    assert (f'"socket_mode_enabled": {str(public_url is None).lower()}') in text


@pytest.mark.data
@pytest.mark.parametrize("public_url", [None, "https://frontline.example.org"])
def test_slack_s_own_schema_accepts_the_manifest(public_url: str | None) -> None:
    if not SCHEMA.exists():
        pytest.skip("Slack's manifest schema is not here")
    jsonschema.validate(manifest.build_manifest(public_url=public_url), json.loads(SCHEMA.read_text()))

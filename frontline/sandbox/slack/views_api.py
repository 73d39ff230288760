"""views.*: modals and App Home, with the limits and races that Slack enforces."""

from __future__ import annotations

import json
from typing import Any

from frontline.sandbox.slack import cast, surfaces
from frontline.sandbox.slack.blocks import BlockJudge
from frontline.sandbox.slack.calls import Call, label_blocks
from frontline.sandbox.slack.elements import check_string, check_text
from frontline.sandbox.slack.records import Json, View
from frontline.sandbox.slack.refusals import Refusal, refuse_arguments

VIEW_BYTES = 250_000


def open_view(call: Call) -> Json:
    """views.open: needs a trigger younger than 3 seconds."""
    definition = _definition(call, kind="modal")
    trigger = call.workspace.tickets.redeem_trigger(_trigger_id(call))
    view = surfaces.open_modal(call.workspace, user=trigger.user, definition=definition)
    return {"ok": True, "view": view_object(view)}


def push_view(call: Call) -> Json:
    """views.push: needs a trigger born in a modal."""
    definition = _definition(call, kind="modal")
    trigger = call.workspace.tickets.redeem_trigger(_trigger_id(call))
    if trigger.parent_view is None or trigger.parent_view not in call.workspace.views:
        raise Refusal("not_found")
    view = surfaces.push_modal(call.workspace, user=trigger.user, definition=definition)
    return {"ok": True, "view": view_object(view)}


def update_view(call: Call) -> Json:
    """views.update: by view_id or external_id, with an optional hash against races."""
    view = _find(call)
    definition = _definition(call, kind=view.kind)
    _check_hash(call, view)
    return {"ok": True, "view": view_object(surfaces.update_view(call.workspace, view, definition))}


def publish_home(call: Call) -> Json:
    """views.publish: the App Home of one person."""
    user = call.required("user_id")
    if user not in call.workspace.users:
        raise refuse_arguments("user_id is unknown")
    definition = _definition(call, kind="home")
    if home := call.workspace.home_view(user):
        _check_hash(call, home)
    view = surfaces.publish_home(call.workspace, user=user, definition=definition)
    return {"ok": True, "view": view_object(view)}


def view_object(view: View) -> Json:
    """Return the ``view`` object as the app sees it."""
    return view.to_api(team_id=cast.TEAM_ID, app_id=cast.APP_ID, bot_id=cast.BOT_ID)


def checked_definition(judge: BlockJudge, definition: Any, *, kind: str) -> Json:
    """Return the definition of a view with labelled blocks.

    Raises:
        Refusal: ``invalid_arguments`` with JSON pointers, ``view_too_large``.
    """
    if not isinstance(definition, dict):
        raise refuse_arguments("view must be an object")
    problems: list[str] = []

    def fault(message: str, pointer: str) -> None:
        problems.append(f"{message} [json-pointer:{pointer}]")

    if definition.get("type") != kind:
        fault(f"must be {kind}", "/view/type")
    if kind == "modal":
        _check_modal(definition, fault)
    for name, limit in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if definition.get(name):
            check_string(definition[name], f"/view/{name}", fault, limit=limit)
    problems += [p.replace(":/blocks", ":/view/blocks") for p in judge.judge(definition.get("blocks"), surface=kind)]
    if problems:
        raise refuse_arguments(*problems)
    if len(json.dumps(definition)) > VIEW_BYTES:
        raise Refusal("view_too_large")
    return {**definition, "blocks": label_blocks(definition["blocks"])}


def _check_modal(definition: Json, fault: Any) -> None:
    check_text(definition.get("title"), "/view/title", fault, limit=24, plain=True)
    for name in ("submit", "close"):
        if definition.get(name):
            check_text(definition[name], f"/view/{name}", fault, limit=24, plain=True)
    blocks = definition.get("blocks")
    has_inputs = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if has_inputs and not definition.get("submit"):
        fault("is required when blocks has an input", "/view/submit")


def _definition(call: Call, *, kind: str) -> Json:
    return checked_definition(call.judge, call.params.get("view"), kind=kind)


def _trigger_id(call: Call) -> str:
    return call.text("trigger_id") or call.required("interactivity_pointer")


def _find(call: Call) -> View:
    view_id, external = call.text("view_id"), call.text("external_id")
    for view in call.workspace.views.values():
        if view.id == view_id or (external and view.definition.get("external_id") == external):
            return view
    raise Refusal("not_found")


def _check_hash(call: Call, view: View) -> None:
    given = call.text("hash")
    if given and given != view.hash:
        raise Refusal("hash_conflict")

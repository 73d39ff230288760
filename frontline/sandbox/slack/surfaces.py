"""Views on screen: opening, pushing, updating and closing modals, publishing App Home."""

from __future__ import annotations

import secrets

from frontline.sandbox.slack.records import Json, View
from frontline.sandbox.slack.refusals import Refusal
from frontline.sandbox.slack.workspace import Workspace

# Slack keeps at most three modals on top of each other.
MAX_STACK = 3


def open_modal(workspace: Workspace, *, user: str, definition: Json) -> View:
    """Open a modal, replacing whatever stack that person had."""
    with workspace.lock:
        close_all(workspace, user=user)
        return _place(workspace, user=user, definition=definition, parent=None)


def push_modal(workspace: Workspace, *, user: str, definition: Json) -> View:
    """Put a modal on top of the stack.

    Raises:
        Refusal: ``push_limit_reached`` when three are open.
    """
    with workspace.lock:
        top = workspace.top_view(user)
        depth = sum(1 for view in workspace.views.values() if view.user == user and view.kind == "modal")
        if depth >= MAX_STACK:
            raise Refusal("push_limit_reached")
        return _place(workspace, user=user, definition=definition, parent=top)


def update_view(workspace: Workspace, view: View, definition: Json) -> View:
    """Replace the content of a view. What was typed into blocks that keep their ids stays."""
    with workspace.lock:
        view.definition = definition
        view.hash = _new_hash(workspace)
        view.errors, view.trouble = {}, ""
        kept = {block.get("block_id") for block in definition.get("blocks", [])}
        view.values = {block: value for block, value in view.values.items() if block in kept}
    return touch_view(workspace, view)


def publish_home(workspace: Workspace, *, user: str, definition: Json) -> View:
    """Publish the App Home of a person."""
    with workspace.lock:
        if home := workspace.home_view(user):
            return update_view(workspace, home, definition)
        view_id = workspace.next_id("V")
        home = View(view_id, "home", user, definition, _new_hash(workspace), view_id)
        workspace.views[home.id] = home
    return touch_view(workspace, home)


def close_view(workspace: Workspace, view: View) -> None:
    """Close the top view; the one below shows again."""
    with workspace.lock:
        workspace.views.pop(view.id, None)
    workspace.note("view", user=view.user)


def close_all(workspace: Workspace, *, user: str) -> None:
    """Close the whole stack of a person."""
    with workspace.lock:
        open_now = [v.id for v in workspace.views.values() if v.user == user and v.kind == "modal"]
        for view_id in open_now:
            del workspace.views[view_id]
    if open_now:
        workspace.note("view", user=user)


def touch_view(workspace: Workspace, view: View) -> View:
    """Give a changed view its new revision and tell everybody."""
    view.rev = workspace.note("view", user=view.user)
    return view


def _place(workspace: Workspace, *, user: str, definition: Json, parent: View | None) -> View:
    view_id = workspace.next_id("V")
    root = parent.root_id if parent else view_id
    view = View(view_id, "modal", user, definition, _new_hash(workspace), root, parent.id if parent else None)
    workspace.views[view.id] = view
    return touch_view(workspace, view)


def _new_hash(workspace: Workspace) -> str:
    return f"{int(workspace.now().timestamp())}.{secrets.token_hex(4)}"

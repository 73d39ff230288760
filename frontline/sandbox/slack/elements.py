"""Which interactive elements exist, where they may stand, and how long their parts may be.

Figures are Slack's published limits (Block Kit reference); Slack's own JSON schema of the block types has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from frontline.sandbox.slack.records import Json

SELECTS = tuple(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
PICKERS = ("datepicker", "timepicker", "datetimepicker")
CHOICES = ("checkboxes", "radio_buttons")
TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input")
ALLOWED: dict[str, tuple[str, ...]] = {
    "actions": ("button", "overflow", "workflow_button", *SELECTS, *PICKERS, *CHOICES),
    "accessory": ("button", "overflow", "workflow_button", "image", *SELECTS, *PICKERS, *CHOICES),
    "input": (*TYPED, *SELECTS, *PICKERS, *CHOICES),
    "context_actions": ("feedback_buttons", "icon_button"),
}
OPTION_LIMIT = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
Fault = Callable[[str, str], None]


def is_object(value: object) -> bool:
    """Whether ``value`` is a JSON object."""
    return isinstance(value, dict)


def check_text(text: Any, pointer: str, fault: Fault, *, limit: int, plain: bool = False) -> None:
    """Check a text object: its type, not empty, at most ``limit`` characters."""
    if not is_object(text):
        return fault("must be a text object", pointer)
    if text.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        fault("must be one of the allowed text types", f"{pointer}/type")
    check_string(text.get("text"), f"{pointer}/text", fault, limit=limit)
    if surplus := set(text) - {"type", "text", "emoji", "verbatim"}:
        fault(f"no more than the known properties are allowed, got {sorted(surplus)}", pointer)
    return None


def check_string(value: Any, pointer: str, fault: Fault, *, limit: int, least: int = 1) -> None:
    """Check a string's length. Slack counts characters, not bytes."""
    if not isinstance(value, str):
        fault("must be a string", pointer)
    elif len(value) < least:
        fault(f"must be more than {least - 1} characters", pointer)
    elif len(value) > limit:
        fault(f"must be less than {limit + 1} characters", pointer)


def check_count(items: Any, pointer: str, fault: Fault, *, most: int, least: int = 1) -> list[Any]:
    """Check that ``items`` is a list of ``least`` to ``most`` things; return it (or an empty list)."""
    if not isinstance(items, list):
        fault("must be an array", pointer)
        return []
    if len(items) < least:
        fault(f"no fewer than {least} items", pointer)
    if len(items) > most:
        fault(f"no more than {most} items allowed", pointer)
    return items


def check_element(element: Any, pointer: str, fault: Fault, *, place: str) -> None:
    """Check one element standing in ``place`` (actions, accessory, input, context_actions)."""
    if not is_object(element):
        return fault("must be an object", pointer)
    kind = element.get("type")
    if kind not in ALLOWED[place]:
        return fault(f"unsupported type: {kind}", f"{pointer}/type")
    if "action_id" in element:
        check_string(element["action_id"], f"{pointer}/action_id", fault, limit=255)
    if "placeholder" in element:
        check_text(element["placeholder"], f"{pointer}/placeholder", fault, limit=150, plain=True)
    if "confirm" in element:
        _check_confirm(element["confirm"], f"{pointer}/confirm", fault)
    if kind == "button":
        _check_button(element, pointer, fault)
    elif kind == "image":
        check_image(element, pointer, fault)
    elif kind in OPTION_LIMIT or "static" in kind:
        _check_options(element, pointer, fault)
    elif kind == "plain_text_input":
        _check_text_input(element, pointer, fault)
    return None


def check_image(element: Json, pointer: str, fault: Fault) -> None:
    """Check an image: alt text is never optional, the picture must be reachable by Slack."""
    check_string(element.get("alt_text"), f"{pointer}/alt_text", fault, limit=2000)
    if "slack_file" not in element:
        url = element.get("image_url")
        check_string(url, f"{pointer}/image_url", fault, limit=3000)
        if isinstance(url, str) and not url.startswith(("http://", "https://")):
            fault("must be a valid URL", f"{pointer}/image_url")


def _check_button(button: Json, pointer: str, fault: Fault) -> None:
    check_text(button.get("text"), f"{pointer}/text", fault, limit=75, plain=True)
    if "value" in button:
        check_string(button["value"], f"{pointer}/value", fault, limit=2000, least=0)
    if "url" in button:
        check_string(button["url"], f"{pointer}/url", fault, limit=3000)
    if button.get("style", "primary") not in ("primary", "danger"):
        fault("must be primary or danger", f"{pointer}/style")
    if "accessibility_label" in button:
        check_string(button["accessibility_label"], f"{pointer}/accessibility_label", fault, limit=75)


def _check_options(element: Json, pointer: str, fault: Fault) -> None:
    kind = str(element.get("type"))
    most = OPTION_LIMIT.get(kind, 100)
    if "option_groups" in element and "options" not in element:
        for index, group in enumerate(
            check_count(element["option_groups"], f"{pointer}/option_groups", fault, most=100)
        ):
            here = f"{pointer}/option_groups/{index}"
            if not is_object(group):
                fault("must be an object", here)
                continue
            check_text(group.get("label"), f"{here}/label", fault, limit=75, plain=True)
            _check_option_list(group.get("options"), f"{here}/options", fault, most=most, kind=kind)
        return
    options = _check_option_list(element.get("options"), f"{pointer}/options", fault, most=most, kind=kind)
    chosen = [element.get("initial_option"), *_as_list(element.get("initial_options"))]
    values = [option.get("value") for option in options if is_object(option)]
    if any(is_object(option) and option.get("value") not in values for option in chosen):
        fault("initial option must match one of the options", pointer)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _check_option_list(options: Any, pointer: str, fault: Fault, *, most: int, kind: str) -> list[Any]:
    found = check_count(options, pointer, fault, most=most)
    # Slack cuts option values of an overflow menu and of selects at 150 characters.
    for index, option in enumerate(found):
        here = f"{pointer}/{index}"
        if not is_object(option):
            fault("must be an object", here)
            continue
        check_text(option.get("text"), f"{here}/text", fault, limit=75, plain=kind not in CHOICES)
        check_string(option.get("value"), f"{here}/value", fault, limit=150)
        if "description" in option:
            check_text(option["description"], f"{here}/description", fault, limit=75, plain=kind not in CHOICES)
    return found


def _check_text_input(element: Json, pointer: str, fault: Fault) -> None:
    most = element.get("max_length", 3000)
    if not isinstance(most, int) or not 1 <= most <= 3000:
        fault("must be between 1 and 3000", f"{pointer}/max_length")
    if "initial_value" in element:
        check_string(element["initial_value"], f"{pointer}/initial_value", fault, limit=3000, least=0)


def _check_confirm(confirm: Any, pointer: str, fault: Fault) -> None:
    if not is_object(confirm):
        return fault("must be a confirm object", pointer)
    for name, limit in (("title", 100), ("confirm", 30), ("deny", 30)):
        check_text(confirm.get(name), f"{pointer}/{name}", fault, limit=limit, plain=True)
    return check_text(confirm.get("text"), f"{pointer}/text", fault, limit=300)


def action_ids(elements: Iterable[Any]) -> list[str]:
    """Return the action ids among ``elements``."""
    return [str(e["action_id"]) for e in elements if is_object(e) and e.get("action_id")]

"""What people enter: from plain values (a word, a list of words) to the state objects that Slack sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from frontline.core.errors import NotFound, UsageError
from frontline.sandbox.slack.records import Json

# Element type -> the key of its state that holds one plain word.
_SINGLE = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
_MANY = {
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_INITIAL = {
    "value": "initial_value",
    "selected_user": "initial_user",
    "selected_conversation": "initial_conversation",
    "selected_channel": "initial_channel",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
}
REQUIRED = "Please complete this required field."


@dataclass(frozen=True)
class Placed:
    """An element and the block it stands in."""

    block: Json
    element: Json

    @property
    def label(self) -> str:
        """The words on a button, or the label of an input block."""
        text = self.element.get("text") or self.block.get("label") or {}
        return str(text.get("text", ""))


def placed_elements(blocks: list[Json]) -> Iterator[Placed]:
    """Yield every element with an action id."""
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and element.get("action_id"):
                yield Placed(block, element)


def find_element(blocks: list[Json], wanted: str) -> Placed:
    """Return the element by action id, label, or ``value`` of a button.

    Raises:
        NotFound: nothing there answers to ``wanted``.
    """
    everything = list(placed_elements(blocks))
    for placed in everything:
        if wanted in (placed.element["action_id"], placed.label):
            return placed
    for placed in everything:
        if placed.element.get("value") == wanted:
            return placed
    offered = ", ".join(f"{p.label or '?'} ({p.element['action_id']})" for p in everything) or "nothing"
    raise NotFound(f"There is no {wanted!r} here.", next_step=f"Offered: {offered}.")


def all_options(element: Mapping[str, Any]) -> list[Json]:
    """Return the options of a select, overflow, checkboxes or radio element, groups flattened."""
    grouped = [option for group in element.get("option_groups", []) for option in group.get("options", [])]
    return [*element.get("options", []), *grouped]


def entered_state(element: Json, value: Any) -> Json:
    """Return the state of ``element`` after a person entered ``value`` (None = left as it was drawn).

    Raises:
        UsageError: an option that the element does not offer.
    """
    kind = str(element["type"])
    if kind in _SINGLE:
        key = _SINGLE[kind]
        return {"type": kind, key: element.get(_INITIAL[key]) if value is None else (str(value) or None)}
    if kind in _MANY:
        return {"type": kind, _MANY[kind]: [str(one) for one in value or []]}
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        chosen = element.get("initial_options", []) if value is None else [_option(element, one) for one in value]
        return {"type": kind, "selected_options": chosen}
    if kind in ("static_select", "external_select", "radio_buttons", "overflow"):
        option = element.get("initial_option") if value is None else (_option(element, value) if value else None)
        return {"type": kind, "selected_option": option}
    return {"type": kind, "value": value}


def form_state(blocks: list[Json], values: Mapping[str, Any], *, before: Json | None = None) -> Json:
    """Return ``state.values`` of a form. ``values`` is keyed by block id, action id or label.

    A field that ``values`` does not name keeps what ``before`` says, else what it was drawn with.

    Raises:
        NotFound: a key that no field answers to.
    """
    state: Json = {}
    used: set[str] = set()
    for placed in placed_elements(blocks):
        if placed.block.get("type") != "input" and placed.element["type"] in ("button", "overflow"):
            continue
        names = (str(placed.block.get("block_id")), str(placed.element["action_id"]), placed.label)
        name = next((name for name in names if name in values), None)
        used.update([name] if name else [])
        kept = (before or {}).get(names[0], {}).get(names[1])
        entered = entered_state(placed.element, values[name]) if name else kept or entered_state(placed.element, None)
        state.setdefault(names[0], {})[names[1]] = entered
    if unknown := set(values) - used:
        labels = ", ".join(p.label for p in placed_elements(blocks) if p.label)
        raise NotFound(f"The form has no field {sorted(unknown)[0]!r}.", next_step=f"Fields: {labels}.")
    return state


def missing_fields(blocks: list[Json], state: Json) -> dict[str, str]:
    """Return the inline errors that Slack's own client shows before it sends anything."""
    errors: dict[str, str] = {}
    for placed in placed_elements(blocks):
        block, element = placed.block, placed.element
        if block.get("type") != "input":
            continue
        entered = state.get(block["block_id"], {}).get(element["action_id"], {})
        content = [value for key, value in entered.items() if key != "type" and value]
        if not content and not block.get("optional"):
            errors[block["block_id"]] = REQUIRED
        elif content and isinstance(content[0], str):
            if len(content[0]) > element.get("max_length", 3000):
                errors[block["block_id"]] = f"Please enter at most {element.get('max_length', 3000)} characters."
            elif len(content[0]) < element.get("min_length", 0):
                errors[block["block_id"]] = f"Please enter at least {element['min_length']} characters."
    return errors


def _option(element: Json, value: Any) -> Json:
    for option in all_options(element):
        if value in (option.get("value"), option.get("text", {}).get("text")):
            return option
    offered = ", ".join(str(option.get("value")) for option in all_options(element))
    raise UsageError(f"{value!r} is not among the options.", next_step=f"Offered: {offered}.")

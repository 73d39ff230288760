"""Forms as modals, replies as App Home, and what a submitted modal says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import limits
from bot.render_blocks import Level, render_blocks
from frontline.core.errors import UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Reply

Block = dict[str, Any]

# Every input has its own block; the block id is the field's key, so the element's id can be the same everywhere.
ELEMENT = "v"
# What separates the parts of private_metadata; it occurs in no channel id and no ts.
_SEPARATOR = "|"


@dataclass(frozen=True)
class Origin:
    """Where a form was asked for, so that its answer finds the way back: channel and thread, both may be ""."""

    channel: str = ""
    thread_ts: str = ""


def render_view(form: Form, *, origin: Origin | None = None) -> dict[str, Any]:
    """Return the modal of a form; submitting it travels back with ``Form.action`` and ``Form.state``.

    Raises:
        UsageError: the form's state or action is longer than Slack carries; cutting it would change its meaning.
    """
    where = origin or Origin()
    metadata = _SEPARATOR.join((where.channel, where.thread_ts, form.state))
    if limits.measure(metadata) > limits.PRIVATE_METADATA or len(form.action) > limits.CALLBACK_ID:
        raise UsageError("This form carries more than Slack can hold.", next_step="Start from a smaller selection.")
    blocks = [_words(form.intro)] if form.intro.strip() else []
    fields = list(form.fields)[: limits.VIEW_BLOCKS - 1]
    blocks += [_input(field) for field in fields]
    view = {
        "type": "modal",
        "callback_id": form.action,
        "title": _plain(form.title, limits.VIEW_TITLE, "Form"),
        "close": _plain("Cancel", limits.VIEW_BUTTON, "Cancel"),
        "private_metadata": metadata,
        "blocks": blocks or [_words("Nothing to fill in.")],
    }
    # Slack wants a submit button exactly where there are inputs; a form without any still needs one to be confirmed.
    return {**view, "submit": _plain(form.submit, limits.VIEW_BUTTON, "Save")}


def loading_view(title: str = "Frontline") -> dict[str, Any]:
    """Return what is opened at once, because a trigger lives three seconds; the form replaces it."""
    return notice_view("Opening the form ...", title=title)


def notice_view(text: str, *, title: str = "Frontline") -> dict[str, Any]:
    """Return a modal that only says something."""
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": _plain(title, limits.VIEW_TITLE, "Frontline"),
        "close": _plain("Close", limits.VIEW_BUTTON, "Close"),
        "blocks": [_words(text)],
    }


def reply_view(reply: Reply, *, title: str = "Frontline") -> dict[str, Any]:
    """Return a modal that shows a reply where a form was expected (a refusal, an error)."""
    view = notice_view(reply.headline or "Done.", title=title)
    return {**view, "blocks": render_blocks(reply, level=Level.CLASSIC, most=limits.VIEW_BLOCKS)}


def home_view(reply: Reply) -> dict[str, Any]:
    """Return the App Home of a person."""
    return {"type": "home", "blocks": render_blocks(reply, level=Level.CLASSIC, most=limits.VIEW_BLOCKS)}


def view_origin(metadata: str) -> tuple[Origin, str]:
    """Return where a submitted form came from, and its ``Form.state``."""
    channel, _, rest = metadata.partition(_SEPARATOR)
    thread_ts, _, state = rest.partition(_SEPARATOR)
    return Origin(channel, thread_ts), state


def view_values(state: object) -> dict[str, str]:
    """Return field key -> value of a submission's ``state``; several choices are joined by line breaks.

    A ticked checkbox is "true"; what was left empty is "".
    """
    blocks = state.get("values") if isinstance(state, Mapping) else None
    if not isinstance(blocks, Mapping):
        return {}
    result: dict[str, str] = {}
    for key, elements in blocks.items():
        element = next(iter(elements.values()), None) if isinstance(elements, Mapping) else None
        value = _element_value(element) if isinstance(element, Mapping) else ""
        result[limits.mend(str(key))] = limits.mend(value)
    return result


def view_errors(errors: FormErrors, block_ids: Sequence[str]) -> dict[str, str]:
    """Return the errors that Slack shows under the inputs; one of an unknown field goes to the first input.

    Slack closes the modal when an error names a block that it does not have.
    """
    shown: dict[str, str] = {}
    for key, sentence in errors.items():
        target = key if key in block_ids else next(iter(block_ids), "")
        if target:
            joined = f"{shown[target]} {sentence}" if target in shown else sentence
            shown[target] = limits.fit(joined, limits.ERROR_TEXT) or "Please correct this."
    return shown


def _element_value(element: Mapping[str, Any]) -> str:
    for key in ("value", "selected_user", "selected_conversation", "selected_channel", "selected_date"):
        if isinstance(element.get(key), str):
            return str(element[key])
    chosen = element.get("selected_option")
    if isinstance(chosen, Mapping):
        return str(chosen.get("value", ""))
    several = element.get("selected_options")
    if isinstance(several, list):
        return "\n".join(str(one.get("value", "")) for one in several if isinstance(one, Mapping))
    return ""


def _input(field: Field) -> Block:
    element = _ELEMENTS[field.kind](field)
    if element is None:
        return _words(f"{field.label}: there is nothing to choose from.")
    block: Block = {
        "type": "input",
        "block_id": field.key[: limits.BLOCK_ID],
        "label": _plain(field.label, limits.INPUT_LABEL, field.key or "–"),
        "element": {**element, "action_id": ELEMENT},
        # A checkbox left empty is an answer too.
        "optional": field.optional or field.kind == "checkbox",
    }
    if field.hint.strip():
        block["hint"] = _plain(field.hint, limits.INPUT_HINT, "–")
    return block


def _line(field: Field) -> Block:
    return _text_input(field, multiline=False)


def _text(field: Field) -> Block:
    return _text_input(field, multiline=True)


def _text_input(field: Field, *, multiline: bool) -> Block:
    limit = min(max(field.limit, 1), limits.INPUT_TEXT)
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": limit}
    initial = limits.fit(field.initial, limit)
    return {**element, "initial_value": initial} if initial else element


def _choice(field: Field) -> Block | None:
    options = _options(field)
    if not options:
        return None
    element: Block = {"type": "static_select", **_grouped(options)}
    initial = [option for option in options if option["value"] == field.initial]
    return {**element, "initial_option": initial[0]} if initial else element


def _choices(field: Field) -> Block | None:
    options = _options(field)
    if not options:
        return None
    chosen = set(field.initial.split("\n"))
    initial = [option for option in options if option["value"] in chosen]
    if len(options) <= limits.CHECKBOX_OPTIONS:
        element: Block = {"type": "checkboxes", "options": options}
    else:
        element = {"type": "multi_static_select", **_grouped(options)}
    return {**element, "initial_options": initial} if initial else element


def _person(field: Field) -> Block:
    return {"type": "users_select", **({"initial_user": field.initial} if field.initial else {})}


def _channel(field: Field) -> Block:
    element: Block = {"type": "conversations_select"}
    return {**element, "initial_conversation": field.initial} if field.initial else element


def _date(field: Field) -> Block:
    try:
        day = dt.date.fromisoformat(field.initial)
    except ValueError:
        return {"type": "datepicker"}
    return {"type": "datepicker", "initial_date": day.isoformat()}


def _checkbox(field: Field) -> Block:
    option = {"value": "true", "text": _plain(field.hint or field.label, limits.OPTION_TEXT, "Yes")}
    element: Block = {"type": "checkboxes", "options": [option]}
    return {**element, "initial_options": [option]} if field.initial.lower() in ("true", "yes", "1") else element


_ELEMENTS: Mapping[str, Callable[[Field], Block | None]] = {
    "line": _line,
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "person": _person,
    "channel": _channel,
    "date": _date,
    "checkbox": _checkbox,
}


def _options(field: Field) -> list[Block]:
    seen: set[str] = set()
    options = []
    for value, label in field.options:
        # A cut value would name another thing; a doubled one is refused by Slack.
        if value and value not in seen and limits.measure(value) <= limits.OPTION_VALUE and limits.is_sendable(value):
            seen.add(value)
            instead = limits.fit(value, limits.OPTION_TEXT).strip() or "–"
            options.append({"value": value, "text": _plain(label, limits.OPTION_TEXT, instead)})
    return options[: limits.SELECT_OPTIONS * limits.OPTION_GROUPS]


def _grouped(options: list[Block]) -> Block:
    size = limits.SELECT_OPTIONS
    if len(options) <= size:
        return {"options": options}
    groups = [options[i : i + size] for i in range(0, len(options), size)]
    starts = range(1, len(options) + 1, size)
    return {
        "option_groups": [
            {"label": _plain(f"{start} to {start + len(group) - 1}", limits.OPTION_TEXT, "–"), "options": group}
            for start, group in zip(starts, groups, strict=True)
        ]
    }


def _words(text: str) -> Block:
    return {"type": "section", "text": _plain(text, limits.SECTION_TEXT, "–")}


def _plain(text: str, limit: int, instead: str) -> Block:
    return {"type": "plain_text", "text": limits.fit(text, limit).strip() or instead, "emoji": False}

"""The window of a steward's review: the text with numbered stretches, a choice for each, and what to do with it all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from anonymization.findings import LABELS
from anonymization.measured import CODES
from frontline.core.errors import UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.ports import Span
from frontline.core.request import Request
from frontline.core.text import QuestionText
from frontline.governance.quarantine import Opened
from handlers.registry import Arguments

MOST = 15  # stretches of one window; the others stay as the gate masks them
ACTIONS = ("mask", "keep", "drop")
BY_STRETCH, DROP_ALL, LEAVE = "stretches", "drop", "leave"
ALLOW, DENY = "allow", "deny"
COUNTED = (("reason", "Reasons"), ("kind", "Kinds"), ("age", "Age"))
KEEP_WORDS = dt.timedelta(days=365)
_ROOM = 2_700  # characters of the text that fit above the choices
_AROUND = 60


class DecideArguments(Arguments):
    """A choice per numbered stretch, further words, the language, the whole text, and what to remember."""

    value: str = ""
    whole: str = BY_STRETCH
    language: str = ""
    words: QuestionText | None = None
    words_label: str = "PERSON"
    remember: str = ""
    s1: str = ""
    s2: str = ""
    s3: str = ""
    s4: str = ""
    s5: str = ""
    s6: str = ""
    s7: str = ""
    s8: str = ""
    s9: str = ""
    s10: str = ""
    s11: str = ""
    s12: str = ""
    s13: str = ""
    s14: str = ""
    s15: str = ""

    def choice(self, number: int) -> str:
        """Return what was chosen for a stretch, "" where the window had none."""
        return str(getattr(self, key_of(number)))


def key_of(number: int) -> str:
    """Return the field of a numbered stretch."""
    return f"s{number}"


def review_form(opened: Opened, found: Sequence[Span]) -> Form:
    """Return the window. The text stands in it in the clear: for the steward who opened it and nobody else."""
    document, raw = opened.document, opened.text.reveal()
    stretches = list(found)[:MOST]
    fields = [_choice(number, raw, span) for number, span in enumerate(stretches, start=1)]
    fields += [
        Input("words", "Further words to mask", kind="text", hint="One name, place or phrase a line.", optional=True,
              limit=600),
        Input("words_label", "Mask them as", kind="choice", initial="PERSON", options=[(one, one) for one in LABELS]),
        Input("language", "Language of the text", kind="choice", optional=True, initial=_declared(document.language),
              options=[(name, name.title()) for name in CODES]),
        Input("whole", "And the text", kind="choice", initial=BY_STRETCH, options=[
            (BY_STRETCH, "Mask as chosen, and let the gate look again"),
            (DROP_ALL, "Drop the whole text"),
            (LEAVE, "Leave it held back"),
        ]),
        Input("remember", "Remember", kind="choices", optional=True, options=[
            (ALLOW, "Let the kept words through from now on"),
            (DENY, "Always mask the further words"),
        ]),
    ]  # fmt: skip
    places = [[span.start, span.end, span.label] for span in stretches]
    state = json.dumps([document.doc_id, document.content_key[:16], places], ensure_ascii=False)
    return Form("privacy.decide", "Review", fields, submit="Decide", intro=marked(raw, stretches), state=state)


def read_state(state: str) -> tuple[str, str, list[Span]]:
    """Return document, the beginning of its content key, and the numbered stretches that a window was opened with.

    Raises:
        UsageError: it is no state of ours.
    """
    try:
        doc_id, content_key, places = json.loads(state)
        stretches = [Span(int(start), int(end), str(label)) for start, end, label in places]
    except (ValueError, TypeError):
        raise UsageError("The window is too old.", next_step="Open it anew: /ops privacy queue") from None
    return str(doc_id), str(content_key), stretches


def marked(raw: str, stretches: Sequence[Span]) -> str:
    """Return the text with its stretches in numbered brackets; of a long one only what stands around them."""
    pieces: list[str] = []
    at = 0
    is_long = len(raw) + 8 * len(stretches) > _ROOM
    for number, span in enumerate(stretches, start=1):
        between = raw[at : span.start]
        if is_long and len(between) > 2 * _AROUND:
            between = f"{between[:_AROUND] if at else ''} … {between[-_AROUND:]}"
        pieces += [between, f"⟦{number}: {raw[span.start : span.end]}⟧"]
        at = span.end
    rest = raw[at:]
    pieces.append(f"{rest[:_AROUND]} …" if is_long and len(rest) > _AROUND and stretches else rest)
    return "".join(pieces)[: _ROOM + 200]


def validate(request: Request) -> FormErrors:
    """Check the window before the ack: nothing can be remembered that was not chosen."""
    wanted = request.values.get("remember")
    words = request.values.get("words")
    if wanted and DENY in wanted.reveal() and not words:
        return {"words": "Say which words should always be masked."}
    return {}


def _choice(number: int, raw: str, span: Span) -> Input:
    shown = " ".join(raw[span.start : span.end].split())
    others = [label for label in LABELS if label != span.label]
    options = [
        (f"mask {span.label}", f"Mask as {span.label}"),
        (f"keep {span.label}", "Keep: it says nothing about a person"),
        (f"drop {span.label}", "Drop these words"),
        *((f"mask {label}", f"Mask as {label}") for label in others),
    ]
    title = f"{number}: {shown[:60]}"
    return Input(key_of(number), title, kind="choice", initial=f"mask {span.label}", options=options)


def _declared(language: str | None) -> str:
    said = (language or "").lower()
    return said if said in CODES else ""

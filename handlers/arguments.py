"""Raw inputs -> a handler's argument model. Free text passes the anonymization gate here, before any handler."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from frontline.core.errors import PrivacyError, UsageError
from frontline.core.ports import Gate, Known
from frontline.core.text import AnonymizedText, QuestionText, RawText
from handlers.registry import ADDRESS, CHECKED, HOUSE, Arguments

# A place or a brand in a label ("amsterdam-outage") names nobody.
IMPERSONAL = frozenset({"LOCATION", "ORGANIZATION", "DATE_TIME", "AMOUNT", "URL"})
# https, a host with a dot, a path of ticket numbers and words: no user, no port, no query, no fragment.
_ADDRESS = re.compile(r"https://(?:[a-z0-9-]+\.)+[a-z]{2,}(?P<path>(?:/[\w.~-]{1,80}){0,8})/?", re.IGNORECASE)


def parse_arguments(model: type[Arguments], raw: Mapping[str, RawText], *, gate: Gate) -> Arguments:
    """Return ``model`` filled from ``raw``.

    A field typed ``AnonymizedText`` takes what the gate released; ``QuestionText`` stays raw in memory; anything else
    is plain words checked by pydantic.

    Raises:
        PrivacyError: the gate did not release a text; nothing of it is in the message.
        UsageError: a value is missing or wrong, in a sentence.
    """
    values: dict[str, Any] = {}
    for name, text in raw.items():
        if name not in model.model_fields:
            continue
        wanted = _types(model.model_fields[name].annotation)
        if AnonymizedText in wanted:
            if text:
                values[name] = pass_gate(text, gate=gate)
        elif CHECKED in model.model_fields[name].metadata:
            values[name] = checked_words(name, text, gate=gate)
        elif HOUSE in model.model_fields[name].metadata:
            values[name] = house_words(name, text, gate=gate)
        elif ADDRESS in model.model_fields[name].metadata:
            values[name] = _address(text, gate=gate)
        elif QuestionText in wanted:
            values[name] = QuestionText(text.reveal())
        elif text or str in wanted:
            values[name] = text.reveal()
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _usage(error) from None


def pass_gate(text: RawText, *, gate: Gate, known: Known | None = None) -> AnonymizedText:
    """Return the released text.

    Raises:
        PrivacyError: the gate held it back; carries the reasons, never the text.
    """
    verdict = gate.check(text, known=known)
    if verdict.text is None:
        raise _held_back(verdict.reasons)
    return verdict.text


def pass_again(text: AnonymizedText, *, gate: Gate) -> AnonymizedText:
    """Return a text that is made of texts that passed, as the gate releases it once more; its placeholders stay.

    Raises:
        PrivacyError: the gate held it back.
    """
    verdict = gate.recheck(text, policy="index")
    if verdict.text is None:
        raise _held_back(verdict.reasons)
    return verdict.text


def _held_back(reasons: Sequence[str]) -> PrivacyError:
    # "foreign_script: Too many letters ...": the code is for scripts, the sentence for people.
    said = " ".join(reason.partition(": ")[2] or f"{reason}." for reason in reasons)
    return PrivacyError(f"The text was held back. {said or 'It could not be checked.'}")


def take_impersonal(text: RawText, *, gate: Gate) -> AnonymizedText | None:
    """Return a word in which the gate finds nothing personal, also when it is written like a name; None else."""
    words = text.reveal().strip()
    spoken = gate.check(RawText(re.sub(r"[-_]+", " ", words).title()), language="en")
    verdict = gate.check(RawText(words), language="en")
    if spoken.text is None or spoken.spans or verdict.spans or re.search(r"\d{4}", words):
        return None
    return verdict.text


def checked_words(name: str, text: RawText, *, gate: Gate) -> str:
    """Return plain words in which the gate finds no person; places and brands may stand in them.

    Raises:
        UsageError: they may hold a name or a number of a person.
    """
    words = text.reveal().strip()
    # "jan-jansen" is a name with a dash; names are written with capitals.
    spoken = re.sub(r"[-_]+", " ", words).title()
    verdict = gate.check(RawText(spoken), language="en")
    personal = [span for span in verdict.spans if span.label not in IMPERSONAL]
    if verdict.text is None or personal or re.search(r"\d{6}", words):
        raise UsageError(f"The {name} may not hold a name or a number of a person.", next_step="Choose other words.")
    return words


def house_words(name: str, text: RawText, *, gate: Gate) -> str:
    """Return what the house says to others, unchanged; amounts, days and places may stand in it.

    Raises:
        UsageError: the gate finds a person in it.
    """
    words = " ".join(text.reveal().split())
    verdict = gate.check(RawText(words), language="en")
    if verdict.text is None or any(span.label not in IMPERSONAL for span in verdict.spans):
        raise UsageError(f"The {name} may not hold a name or a number of a person.", next_step="Choose other words.")
    return words


def _address(text: RawText, *, gate: Gate) -> str:
    words = text.reveal().strip().strip("<>").partition("|")[0]
    if not words:
        return ""
    found = _ADDRESS.fullmatch(words)
    if found is None or len(words) > 300:
        raise UsageError(
            "That is no address of a ticket.", next_step="Give a plain https address without ? and @, such as of Jira."
        )
    path = found["path"]
    spoken = re.sub(r"[-_/.~]+", " ", path).title()
    verdict = gate.check(RawText(spoken), language="en")
    # A ticket has up to eight digits; a phone or a card number has more.
    if verdict.text is None or any(span.label == "PERSON" for span in verdict.spans) or re.search(r"\d{9}", path):
        raise UsageError("The address may not hold a name or a number of a person.", next_step="Use the ticket's own.")
    return words


def _types(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return {annotation, *inner}


def _usage(error: ValidationError) -> UsageError:
    first = error.errors()[0]
    where = str(first["loc"][0]) if first["loc"] else "the words"
    if first["type"] == "missing":
        return UsageError(f"The {where.replace('_', ' ')} is missing.", next_step="See the examples with /ops help.")
    # The message of a validator is ours; the input itself is never repeated, it may be personal.
    return UsageError(f"The {where.replace('_', ' ')} is not right: {first['msg']}.", next_step="See /ops help.")

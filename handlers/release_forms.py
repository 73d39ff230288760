"""Forms of releases and what is checked in them before the ack."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.request import Request


def purpose_form(value: str, purposes: Sequence[str]) -> Form:
    """Return the form that asks what an example is for, one of ``purposes``; ``value`` travels along."""
    purpose = Input("purpose", "What for", hint="For example: onboarding of new agents", limit=200)
    intro = (
        "A reviewer reads it first. Once released, others may see it until it expires or is withdrawn. "
        f"Words of customers are released for {', '.join(purposes)}."
    )
    return Form("example.request", "Request a release", [purpose], submit="Request", intro=intro, state=value)


def yes_form(release_id: str, kinds: Sequence[str]) -> Form:
    """Return the form in which a steward says yes to words about somebody's health or the like."""
    said = " and ".join(kinds)
    why = Input("yes", "Yes, because", kind="text", hint="Kept with the release.", limit=300)
    intro = f"It speaks of {said}. The law protects such data: release it only for a reason you can name."
    return Form("example.yes", "An explicit yes", [why], submit="Release it", intro=intro, state=release_id)


def validate_yes(request: Request) -> FormErrors:
    """Check the form of an explicit yes before the ack."""
    return {} if request.values.get("yes") else {"yes": "Say why it may be shown."}


def validate_channel(request: Request) -> FormErrors:
    """Check the form of sharing before the ack."""
    return {} if request.values.get("channel") else {"channel": "Choose a channel."}


def validate_words(request: Request) -> FormErrors:
    """Check the form of more masking before the ack."""
    return {} if request.values.get("words") else {"words": "Copy at least one word from the text."}


def validate_reason(request: Request) -> FormErrors:
    """Check the form of a refusal before the ack."""
    return {} if request.values.get("reason") else {"reason": "Say why, for the one who asked."}


def validate_purpose(request: Request) -> FormErrors:
    """Check the form of a request before the ack."""
    return {} if request.values.get("purpose") else {"purpose": "Say what the example is for."}

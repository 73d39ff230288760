"""Inline checks of a submitted form, before the ack: quick, without engines or databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from frontline.core.forms import FormErrors
from frontline.core.periods import local_date
from frontline.core.request import Request
from handlers import (
    coding,
    debrief_lint,
    debrief_publishing,
    knowledge,
    labels,
    own,
    pain_decisions,
    pains,
    privacy_forms,
    release_forms,
    scripts,
    tags,
    taxonomy_changes,
    uploads,
)

# form action -> its check; a form that is not here has nothing to be checked before the ack.
CHECKS: Mapping[str, Callable[[Request, dt.date], FormErrors]] = {
    "upload.change": lambda request, today: uploads.validate(request),
    "category.answer": lambda request, today: coding.validate(request),
    "category.split": lambda request, today: taxonomy_changes.validate(request),
    "tag.create": lambda request, today: tags.validate(request),
    "tag.link": lambda request, today: labels.validate(request),
    "commitment.create": lambda request, today: own.validate(request, today=today),
    "example.request": lambda request, today: release_forms.validate_purpose(request),
    "example.yes": lambda request, today: release_forms.validate_yes(request),
    "example.refuse": lambda request, today: release_forms.validate_reason(request),
    "example.mask": lambda request, today: release_forms.validate_words(request),
    "privacy.decide": lambda request, today: privacy_forms.validate(request),
    "example.share": lambda request, today: release_forms.validate_channel(request),
    "debrief.open": lambda request, today: debrief_lint.validate_words(request, "title", "timeline"),
    "debrief.timeline": lambda request, today: debrief_lint.validate_words(request, "steps"),
    "debrief.add": lambda request, today: debrief_lint.validate(request),
    "debrief.publish": lambda request, today: debrief_publishing.validate(request, today=today),
    "kb.flag": lambda request, today: knowledge.validate_flag(request),
    "script.edit": lambda request, today: scripts.validate(request),
    "pain.submit": lambda request, today: pains.validate_submission(request),
    "pain.decline": lambda request, today: pain_decisions.validate_reason(request),
    "pain.accept": lambda request, today: own.validate(request, today=today),
}


def validate(request: Request, *, now: dt.datetime, zone: str) -> FormErrors:
    """Return field -> sentence for what is wrong; empty when the form may go on."""
    check = CHECKS.get(request.name)
    return check(request, local_date(now, ZoneInfo(zone))) if check else {}

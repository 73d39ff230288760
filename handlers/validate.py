"""Inline checks of a submitted form, before the ack: quick, without engines or databases."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from frontline.core.forms import FormErrors
from frontline.core.periods import local_date
from frontline.core.request import Request
from handlers import own, tags


def validate(request: Request, *, now: dt.datetime, zone: str) -> FormErrors:
    """Return field -> sentence for what is wrong; empty when the form may go on."""
    if request.name == "tag.create":
        return tags.validate(request)
    if request.name == "commitment.create":
        return own.validate(request, today=local_date(now, ZoneInfo(zone)))
    return {}

"""Numbers and spans of time in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from frontline.core.periods import Grain, Period, units

NOTHING = "no data"
HIDDEN = "hidden"


def show_number(value: float | Decimal | None, form: str, *, decimals: int = 1, currency: str = "EUR") -> str:
    """Return a figure as a person reads it. ``form``: count | share | duration | score | money.

    Shares are 0-1 and shown in per cent, durations are seconds.
    """
    if value is None:
        return NOTHING
    match form:
        case "share":
            return f"{float(value) * 100:.{decimals}f} %"
        case "duration":
            return show_duration(float(value))
        case "money":
            return f"{currency} {value:,.2f}"
        case "count":
            number = float(value)
            return f"{number:,.0f}" if number.is_integer() else f"{number:,.1f}"
        case _:
            return f"{float(value):.{decimals}f}"


def show_duration(seconds: float) -> str:
    """Return 42 s, 4 min 32 s, 3 h 05 min or 2 d 4 h."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.0f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def show_day(day: dt.date) -> str:
    """Return 17 Jun 2026."""
    return f"{day.day} {day:%b %Y}"


def show_period(period: Period) -> str:
    """Return "17 Jun 2026", "May 2026", "2026" or "1 to 14 Jun 2026", both ends inclusive as people say them."""
    first, last = period.start, period.last_day
    if first == last:
        return show_day(first)
    if period.whole_months == 1:
        return f"{first:%B %Y}"
    if period.whole_months == 12 and first.month == 1:
        return str(first.year)
    if period.whole_months:
        start = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
        return f"{start} to {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {show_day(last)}"
    start = f"{first.day} {first:%b}" if first.year == last.year else show_day(first)
    return f"{start} to {show_day(last)}"


def show_instant(instant: dt.datetime, zone: ZoneInfo) -> str:
    """Return 17 Jun 10:40 in the organisation's zone."""
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b %H:%M}"


def show_bucket(start: dt.date | dt.datetime | str, grain: Grain | None) -> str:
    """Return the label of one point of a series, at most 20 characters (Slack's limit for a chart's labels)."""
    if isinstance(start, str):
        try:
            return show_bucket(dt.datetime.fromisoformat(start), grain)
        except ValueError:
            return start[:20]
    match grain:
        case Grain.HOUR:
            return f"{start:%d %b %H:%M}"
        case Grain.WEEK:
            # A week is called after its middle, on whatever day it begins.
            return f"w{(start + dt.timedelta(days=3)).isocalendar()[1]} {start:%d %b}"
        case Grain.MONTH:
            return f"{start:%b %Y}"
        case Grain.QUARTER:
            number = (start.month - units().first_month) % 12 // 3 + 1
            return f"Q{number} {'FY' if units().first_month > 1 else ''}{units().year_of(start)}"
        case Grain.YEAR:
            return f"FY{units().year_of(start)}" if units().first_month > 1 else str(start.year)
        case _:
            return f"{start:%a %d %b}"

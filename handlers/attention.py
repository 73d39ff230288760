"""``/ops me``: when Frontline may write to you unasked. Nothing is lost: what has to wait comes afterwards."""

from __future__ import annotations

import datetime as dt
import re

from frontline.core.clock import local_midnight
from frontline.core.errors import UsageError
from frontline.core.reply import Outcome, Paragraph, Reply
from frontline.governance import people, quiet
from frontline.store.models.attention import PersonSetting
from handlers.desk import Work
from handlers.registry import Arguments
from handlers.words import read_date

_HOURS = re.compile(r"(\d{1,2})(?::?(\d{2}))?\s*(?:-|to)\s*(\d{1,2})(?::?(\d{2}))?")
_SPAN = re.compile(r"(?:for )?(\d{1,3}) ?(hour|day|week)s?")
_UNITS = {"hour": dt.timedelta(hours=1), "day": dt.timedelta(days=1), "week": dt.timedelta(weeks=1)}
A_DAY = dt.timedelta(days=1)


class WordsArguments(Arguments):
    """What was said after the verb."""

    words: str = ""


def show(work: Work, arguments: Arguments) -> Reply:
    """Say when this person is written to, and what waits."""
    setting = quiet.access_own(work.session, work.actor)
    return _said(work, setting, "This is when I write to you unasked.")


def mute(work: Work, arguments: WordsArguments) -> Reply:
    """Keep direct messages back for a while: "2 days", "until monday"; one day without words."""
    setting = quiet.choose(work.unit, work.actor, mute_until=_until(work, arguments.words.strip().lower()))
    return _said(work, setting, "Muted. What comes meanwhile is kept for you.")


def unmute(work: Work, arguments: Arguments) -> Reply:
    """End a mute; what waited comes now."""
    return _said(work, quiet.choose(work.unit, work.actor, is_unmuted=True), "You hear from me again.")


def set_hours(work: Work, arguments: WordsArguments) -> Reply:
    """Choose quiet hours: "18:00-08:00", "off", or "default" for those of the organisation."""
    words = arguments.words.strip().lower()
    if words in ("default", "usual"):
        return _said(work, quiet.choose(work.unit, work.actor, is_usual=True), "The organisation's quiet hours hold.")
    hours = (dt.time(0), dt.time(0)) if words in ("off", "none", "never") else _hours(words)
    return _said(work, quiet.choose(work.unit, work.actor, hours=hours), "Your quiet hours are set.")


def set_limit(work: Work, arguments: WordsArguments) -> Reply:
    """Choose how many unasked messages a week are enough; the next ones come the next working morning."""
    words = arguments.words.strip()
    if not words.isdigit() or not 1 <= int(words) <= 100:
        raise UsageError("Say a number from 1 to 100.", next_step="For example: /ops me limit 3")
    return _said(work, quiet.choose(work.unit, work.actor, weekly_cap=int(words)), "Your weekly limit is set.")


def _said(work: Work, setting: PersonSetting | None, headline: str) -> Reply:
    zone, calendar = work.desk.zone, work.desk.catalog.calendar
    start, end = quiet.Quiet(calendar).hours(setting)
    lines = ["no quiet hours" if start == end else f"quiet from {start:%H:%M} to {end:%H:%M} ({zone.key})"]
    cap = setting.weekly_cap if setting is not None and setting.weekly_cap is not None else calendar.weekly_cap
    lines.append(f"at most {cap} messages in seven days; the next ones come the next working morning")
    if setting is not None and setting.mute_until is not None and setting.mute_until > work.now:
        lines.insert(0, f"muted until {setting.mute_until.astimezone(zone):%a %-d %b %H:%M}")
    account = people.slack_account(work.session, work.actor.key)
    if account is not None:
        lines.append(f"{quiet.sent_within_week(work.session, account[1], work.now)} came in the last seven days")
    return Reply(
        headline,
        context="Answers, and what you ask for, always come at once; so does what is critical.",
        parts=[Paragraph("\n".join(f"• {line}" for line in lines))],
        outcome=Outcome.ANSWERED,
    )


def _until(work: Work, words: str) -> dt.datetime:
    if not words:
        return work.now + A_DAY
    if found := _SPAN.fullmatch(words):
        return work.now + int(found[1]) * _UNITS[found[2]]
    day = read_date(words.removeprefix("until ").strip(), today=work.today)
    if day is None:
        raise UsageError("I cannot read how long.", next_step="Say /ops me mute 2 days, or until monday.")
    return local_midnight(day, work.desk.zone)


def _hours(words: str) -> tuple[dt.time, dt.time]:
    found = _HOURS.fullmatch(words)
    try:
        if found is None:
            raise ValueError
        start, end = dt.time(int(found[1]), int(found[2] or 0)), dt.time(int(found[3]), int(found[4] or 0))
    except ValueError:
        raise UsageError("I cannot read these hours.", next_step="Say /ops me quiet 18:00-08:00, or off.") from None
    return start, end

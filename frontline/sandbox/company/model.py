"""The fixed shape of Harbor Telecom: its dimension values, mixes, opening hours and calendar.

Values are the public ones of the demo company (lower case, spaces). Rates are per full-size company (``scale`` 1).
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ZONE: Final = ZoneInfo("Europe/Amsterdam")
START: Final = dt.date(2025, 1, 1)
NOW: Final = dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZONE)
DAY_S: Final = 86_400.0

CHANNELS: Final = ("phone", "chat", "email", "social", "portal")
PHONE, CHAT, EMAIL, SOCIAL, PORTAL = range(5)
REGIONS: Final = ("north", "east", "south", "west")
SEGMENTS: Final = ("consumer", "smb", "enterprise")
TIERS: Final = ("bronze", "silver", "gold", "platinum")
TOPICS: Final = (
    "billing", "refunds", "outage", "installation", "mobile data", "roaming",
    "router", "cancellation", "address change", "account access", "sim swap", "pricing",
)  # fmt: skip
TEAMS: Final = ("aurora", "breeze", "coral", "delta", "ember", "fjord")
SITES: Final = ("utrecht", "porto", "gdansk")
QUEUES: Final = ("care", "tech", "retention", "business")
CARE, TECH, RETENTION, BUSINESS = range(4)
PRODUCTS: Final = ("fiber", "cable", "mobile", "tv")
PRIORITIES: Final = ("low", "normal", "high", "urgent")
LANGUAGES: Final = ("dutch", "english", "portuguese", "polish")

TEAM_SITE: Final = (0, 0, 1, 2, 1, 0)
TEAM_QUEUE: Final = (CARE, CARE, TECH, TECH, RETENTION, BUSINESS)
TEAM_FUNCTION: Final = ("support", "support", "technical support", "technical support", "retention", "business desk")
AGENTS_PER_TEAM: Final = 6

CUSTOMERS: Final = 25_000
SEGMENT_SHARE: Final = (0.80, 0.15, 0.05)
TIER_SHARE: Final = (0.45, 0.30, 0.18, 0.07)
REGION_SHARE: Final = (0.18, 0.21, 0.26, 0.35)
LANGUAGE_SHARE: Final = (0.62, 0.20, 0.09, 0.09)
PRODUCT_SHARE: Final = np.array([[0.38, 0.22, 0.30, 0.10], [0.48, 0.17, 0.30, 0.05], [0.62, 0.06, 0.30, 0.02]])

# Share of topics by product (rows: fiber, cable, mobile, tv); columns as TOPICS.
TOPIC_SHARE: Final = np.array(
    [
        [0.19, 0.06, 0.14, 0.12, 0.00, 0.00, 0.19, 0.07, 0.06, 0.08, 0.00, 0.09],
        [0.19, 0.06, 0.16, 0.08, 0.00, 0.00, 0.21, 0.08, 0.05, 0.08, 0.00, 0.09],
        [0.19, 0.06, 0.05, 0.00, 0.22, 0.10, 0.00, 0.07, 0.03, 0.09, 0.10, 0.09],
        [0.20, 0.08, 0.15, 0.14, 0.00, 0.00, 0.10, 0.11, 0.05, 0.07, 0.00, 0.10],
    ]
)
TOPIC_QUEUE: Final = np.array([CARE, CARE, TECH, TECH, TECH, CARE, TECH, RETENTION, CARE, CARE, TECH, RETENTION])
# Chance that an answered contact is followed by another about the same issue, by topic.
TOPIC_REPEAT: Final = np.array([0.11, 0.14, 0.13, 0.14, 0.11, 0.09, 0.14, 0.08, 0.06, 0.08, 0.10, 0.06])
# Mean handle time in seconds by topic on the phone; other channels scale it.
TOPIC_HANDLE: Final = np.array([810, 760, 720, 980, 910, 760, 1140, 1200, 580, 600, 660, 950], dtype=float)
CHANNEL_HANDLE: Final = np.array([1.0, 1.12, 0.85, 0.70, 0.75])
CHANNEL_SHARE: Final = np.array([0.47, 0.20, 0.17, 0.05, 0.11])
TOPIC_CHANNEL: Final = {"outage": PHONE, "address change": PORTAL, "account access": CHAT}
# Chance that the customer is still unhappy for other reasons: shifts satisfaction by topic.
TOPIC_MOOD: Final = np.array([-0.10, -0.15, -0.25, -0.05, 0.0, 0.05, -0.10, -0.20, 0.20, 0.05, 0.10, -0.05])

FIRST_CONTACTS_A_DAY: Final = 343.0
YEARLY_GROWTH: Final = 0.05
WEEKDAY_FACTOR: Final = (1.24, 1.17, 1.12, 1.10, 1.05, 0.76, 0.56)
HOLIDAY_FACTOR: Final = 0.50
DAY_BEFORE_HOLIDAY: Final = 1.10
DAY_AFTER_HOLIDAY: Final = 1.14
# Agents on a full weekday by queue; other days follow the forecast factor of the day.
STAFF: Final = np.array([5.1, 5.9, 2.0, 2.75])

# Live lines are open: Monday to Friday, Saturday, Sunday and holidays (local hours).
OPEN_WEEKDAY: Final = (8.0, 20.0)
OPEN_SATURDAY: Final = (9.0, 17.0)
OPEN_SUNDAY: Final = (10.0, 16.0)
# Relative arrivals by local hour on live lines, and of everything written.
LIVE_HOURS: Final = np.array(
    [0, 0, 0, 0, 0, 0, 0, 0, 0.75, 1.15, 1.30, 1.20, 0.95, 1.00, 1.15, 1.10, 1.00, 0.78, 0.52, 0.34, 0, 0, 0, 0]
)
WRITTEN_HOURS: Final = np.array(
    [0, 0, 0, 0, 0, 0, 0.2, 0.5, 0.9, 1.1, 1.1, 1.0, 0.9, 0.9, 1.0, 1.0, 1.0, 0.9, 0.9, 1.0, 1.1, 0.9, 0.6, 0.2]
)

SLA_HOURS: Final = np.array([120.0, 72.0, 24.0, 8.0])
SLA_TIER: Final = np.array([1.0, 1.0, 0.8, 0.6])
PRIORITY_CUT: Final = (0.18, 0.80, 0.95)

SUBTOPICS: Final = {
    "billing": ("duplicate invoice", "wrong amount", "late fee", "direct debit", "invoice missing"),
    "refunds": ("refund delayed", "refund refused", "deposit", "partial refund"),
    "outage": ("no internet", "intermittent", "planned works", "slow restore"),
    "installation": ("missed appointment", "reschedule", "incomplete work", "no date"),
    "mobile data": ("slow data", "bundle used up", "no coverage", "speed limit"),
    "roaming": ("unexpected charge", "roaming blocked", "zone question"),
    "router": ("reboots", "weak wifi", "replacement", "firmware"),
    "cancellation": ("notice period", "exit fee", "still billed", "retention offer"),
    "address change": ("move date", "wrong address", "new connection"),
    "account access": ("password reset", "locked account", "two-step code", "wrong owner"),
    "sim swap": ("activation", "port-in", "lost sim", "esim"),
    "pricing": ("price rise", "contract renewal", "discount ended"),
}


def holidays_of(years: range) -> frozenset[dt.date]:
    """Return the public holidays of the Netherlands in ``years``."""
    import holidays

    return frozenset(holidays.country_holidays("NL", years=years).keys())


class Calendar:
    """Days as indices from ``START``: opening hours, expected volume, offset to UTC."""

    def __init__(self, days: int, start: dt.date = START) -> None:
        self.start = start
        self.days = days
        dates = [start + dt.timedelta(days=i) for i in range(days + 40)]
        closed = holidays_of(range(start.year, dates[-1].year + 2))
        self.is_holiday = [date in closed for date in dates]
        self.weekday = [date.weekday() for date in dates]
        self.hours = [self._hours(i) for i in range(len(dates))]
        self.factor = [self._factor(i, date, closed) for i, date in enumerate(dates)]
        # Everything happens after 06:00 local, when a change of clocks is over: one offset a day is exact.
        noon = [dt.datetime.combine(date, dt.time(12), tzinfo=ZONE).utcoffset() for date in dates]
        self.offset_s = np.array([(offset or dt.timedelta()).total_seconds() for offset in noon])

    def _hours(self, index: int) -> tuple[float, float]:
        if self.is_holiday[index] or self.weekday[index] == 6:
            return OPEN_SUNDAY
        return OPEN_SATURDAY if self.weekday[index] == 5 else OPEN_WEEKDAY

    def _factor(self, index: int, date: dt.date, closed: frozenset[dt.date]) -> float:
        growth = (1 + YEARLY_GROWTH) ** ((date - dt.date(2025, 9, 15)).days / 365)
        season = 1 + 0.04 * np.cos(2 * np.pi * (date.timetuple().tm_yday - 20) / 365)
        factor = HOLIDAY_FACTOR if self.is_holiday[index] else WEEKDAY_FACTOR[self.weekday[index]]
        if not self.is_holiday[index]:
            if date + dt.timedelta(days=1) in closed:
                factor *= DAY_BEFORE_HOLIDAY
            if date - dt.timedelta(days=1) in closed:
                factor *= DAY_AFTER_HOLIDAY
        return float(factor * growth * season)

    def date(self, index: int) -> dt.date:
        """Return the date of a day index."""
        return self.start + dt.timedelta(days=index)

    def index(self, date: dt.date) -> int:
        """Return the day index of a date."""
        return (date - self.start).days

    def utc_micros(self, local_s: Floats) -> Ints:
        """Return epoch microseconds (UTC) of wall-clock seconds counted from local midnight of the first day."""
        day = np.clip((local_s // DAY_S).astype(np.int64), 0, len(self.offset_s) - 1)
        epoch = (self.start - dt.date(1970, 1, 1)).days * DAY_S
        return np.asarray(np.rint((epoch + local_s - self.offset_s[day]) * 1e6), dtype=np.int64)

    def local_seconds(self, instant: dt.datetime) -> float:
        """Return the wall-clock seconds of an aware instant on the same scale."""
        local = instant.astimezone(ZONE)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return self.index(local.date()) * DAY_S + seconds

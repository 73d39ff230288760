"""What is planted, where, when and how much. Another seed is another company; ``none`` plants nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from frontline.sandbox.company.model import CHANNELS, NOW, TEAMS, TOPICS, Calendar

# Groups of topics large enough (>= 12 % of contacts) that a rise shows in the company's own rate.
RISE_PLACES = (
    ("billing",),
    ("router",),
    ("outage",),
    ("installation", "address change"),
    ("account access", "pricing"),
    ("mobile data", "sim swap", "roaming"),
)
# About the share of each topic among the contacts.
_TOPIC_WEIGHT = {
    "billing": 0.19, "router": 0.13, "outage": 0.12, "installation": 0.075, "address change": 0.05,
    "account access": 0.08, "pricing": 0.09, "mobile data": 0.07, "sim swap": 0.03, "roaming": 0.035,
}  # fmt: skip
THEMES = (
    ("billing", "invoice charged twice after the app update"),
    ("router", "router reboots after the firmware update"),
    ("installation", "technician did not show up and nobody called"),
    ("mobile data", "mobile data stops although the bundle is not used up"),
    ("account access", "two-step code never arrives"),
)
FORM_FIELDS = {
    "refund": ("order_number", "reason", "iban", "amount", "remarks"),
    "address change": ("new_address", "move_date", "meter_code", "confirm"),
    "sim swap": ("sim_number", "puk_code", "id_check", "confirm"),
    "installation booking": ("address", "slot", "phone", "access_notes", "confirm"),
}
# Cells with enough answers of their own for half a year to show (30 and more of ease).
EFFORT_CELLS = (("chat", "account access"), ("email", "billing"), ("chat", "router"), ("chat", "billing"))


@dataclass(frozen=True)
class Rise:
    """Repeat contacts of ``topics`` rise by ``lift`` (added to the repeat chance) on days [first, last)."""

    topics: tuple[int, ...]
    first: int
    last: int
    lift: float


@dataclass(frozen=True)
class Effects:
    """The planted effects in day indices and codes. Empty fields plant nothing."""

    rises: tuple[Rise, ...] = ()
    theme: tuple[int, str, int, float] | None = None  # topic, words, first day, final share of the topic's complaints
    friction: tuple[str, str, int, float] | None = None  # form, field, first day, abandon hazard
    effort: tuple[int, int, int, float] | None = None  # channel, topic, first day, shift of ease
    goodhart: tuple[int, int, float, float, float] | None = None  # team, day, speed, repeat factor, mood shift
    outage: tuple[int, int, int, float] | None = None  # region, product, day, volume factor
    churners: int = 0
    candidates: int = 0
    repeat_information: tuple[int, int, int, float] | None = None  # from team, to team, first day, rate
    truth: tuple[dict[str, object], ...] = field(default=())


def plan_effects(rng: np.random.Generator, calendar: Calendar, *, scale: float, seed: int) -> Effects:
    """Draw the places, dates and sizes. Seed 1 keeps the dates that the demo's stories are told about."""
    now = calendar.index(NOW.date())
    order = rng.permutation(len(RISE_PLACES))
    month_place, fresh_place = (0, 1) if seed == 1 else (int(order[0]), int(order[1]))
    month = dt.date(2026, 5, 4) if seed == 1 else _month_start(rng)
    first = calendar.index(month) if seed == 1 else calendar.index(month) + int(rng.integers(0, 6))
    length = 27 if seed == 1 else int(rng.integers(20, 28))
    fresh_day = now - (6 if seed == 1 else int(rng.integers(6, 10)))
    rises = (
        _rise(rng, month_place, first, first + length, low=0.050, high=0.065),
        _rise(rng, fresh_place, fresh_day, now + 21, low=0.060, high=0.080),
    )
    topic, words = THEMES[1 if seed == 1 else int(rng.integers(len(THEMES)))]
    theme = (TOPICS.index(topic), words, now - int(rng.integers(75, 110)), float(rng.uniform(0.4, 0.6)))
    form = list(FORM_FIELDS)[2 if seed == 1 else int(rng.integers(len(FORM_FIELDS)))]
    name = "sim_number" if seed == 1 else FORM_FIELDS[form][int(rng.integers(len(FORM_FIELDS[form])))]
    friction = (form, name, now - int(rng.integers(60, 200)), float(rng.uniform(0.17, 0.26)))
    cell = EFFORT_CELLS[0 if seed == 1 else int(rng.integers(len(EFFORT_CELLS)))]
    channel, effort_topic = CHANNELS.index(cell[0]), TOPICS.index(cell[1])
    effort = (channel, effort_topic, now - int(rng.integers(150, 260)), -float(rng.uniform(1.2, 1.6)))
    team = 1 if seed == 1 else int(rng.integers(4))
    goodhart = (
        team,
        now - int(rng.integers(70, 130)),
        0.80,
        float(rng.uniform(0.60, 0.72)),
        -float(rng.uniform(0.3, 0.45)),
    )
    outage = (
        int(rng.integers(4)),
        int(rng.integers(2)),
        _outage_day(rng, calendar, seed),
        float(rng.uniform(2.2, 3.2)),
    )
    pair = rng.permutation(4)[:2]
    repeat = (int(pair[0]), int(pair[1]), now - int(rng.integers(80, 150)), float(rng.uniform(0.42, 0.58)))
    churners = max(4, round(20 * min(1.0, scale)))
    return Effects(
        rises=rises,
        theme=theme,
        friction=friction,
        effort=effort,
        goodhart=goodhart,
        outage=outage,
        churners=churners,
        candidates=25 * churners,
        repeat_information=repeat,
    )


def _month_start(rng: np.random.Generator) -> dt.date:
    months = [dt.date(2025, m, 1) for m in (9, 10, 11)] + [dt.date(2026, m, 1) for m in (1, 2, 3, 4)]
    return months[int(rng.integers(len(months)))]


def _outage_day(rng: np.random.Generator, calendar: Calendar, seed: int) -> int:
    if seed == 1:
        return calendar.index(dt.date(2026, 3, 12))
    return calendar.index(NOW.date()) - int(rng.integers(60, 260))


def _rise(rng: np.random.Generator, place: int, first: int, last: int, *, low: float, high: float) -> Rise:
    """Lift the repeat chance so that the company's own rate rises by ``low`` to ``high``, wherever it happens."""
    topics = tuple(TOPICS.index(topic) for topic in RISE_PLACES[place])
    share = sum(_TOPIC_WEIGHT[topic] for topic in RISE_PLACES[place])
    return Rise(topics, first, last, float(rng.uniform(low, high)) / share)


def describe(effects: Effects, calendar: Calendar) -> list[dict[str, object]]:
    """Return the planned effects for truth.yaml: id, kind, place, first and last day, size."""
    rows: list[dict[str, object]] = []
    for number, rise in enumerate(effects.rises):
        rows.append(
            {
                "id": "recontact_month" if number == 0 else "recontact_fresh",
                "kind": "recontact_rise",
                "metric": "recontact_rate",
                "topics": [TOPICS[topic] for topic in rise.topics],
                "from": calendar.date(rise.first),
                "until": calendar.date(rise.last),
                "repeat_chance_added": round(rise.lift, 3),
            }
        )
    if effects.theme:
        topic, words, first, share = effects.theme
        rows.append(
            {"id": "theme", "kind": "growing_theme", "topic": TOPICS[topic], "theme": words,
             "from": calendar.date(first), "final_share_of_topic": round(share, 3)}
        )  # fmt: skip
    if effects.friction:
        form, name, first, hazard = effects.friction
        rows.append(
            {"id": "form_friction", "kind": "form_friction", "metric": "form_completion_rate", "form": form,
             "field": name, "from": calendar.date(first), "abandon_hazard": round(hazard, 3), "usual_hazard": 0.03}
        )  # fmt: skip
    if effects.effort:
        channel, topic, first, shift = effects.effort
        rows.append(
            {"id": "hidden_effort", "kind": "effort_cell", "metric": "ces", "channel": CHANNELS[channel],
             "topic": TOPICS[topic], "from": calendar.date(first), "shift_in_sd": round(shift, 3)}
        )  # fmt: skip
    if effects.goodhart:
        team, first, speed, repeat, mood = effects.goodhart
        rows.append(
            {"id": "goodhart", "kind": "goodhart", "metric": "fcr_rate", "team": TEAMS[team],
             "from": calendar.date(first), "handle_time_factor": speed, "repeat_factor": round(repeat, 3),
             "csat_shift_in_sd": round(mood, 3)}
        )  # fmt: skip
    if effects.outage:
        from frontline.sandbox.company.model import PRODUCTS, REGIONS

        region, product, day, factor = effects.outage
        rows.append(
            {"id": "outage_day", "kind": "outage", "region": REGIONS[region], "product": PRODUCTS[product],
             "from": calendar.date(day), "until": calendar.date(day + 1), "outage_volume_factor": round(factor, 2)}
        )  # fmt: skip
    if effects.repeat_information:
        source, target, first, rate = effects.repeat_information
        rows.append(
            {"id": "repeat_information", "kind": "handoff", "metric": "repeat_information_rate",
             "from_team": TEAMS[source], "to_team": TEAMS[target], "from": calendar.date(first),
             "rate": round(rate, 3)}
        )  # fmt: skip
    return rows

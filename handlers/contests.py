"""Which two definitions are meant: ``fcr_rate --window 14``, ``fcr_rate@2 fcr_rate@3``, two metrics, or a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from frontline.catalog.conditions import read_condition
from frontline.catalog.definitions import Version, version_of
from frontline.catalog.loader import Catalog
from frontline.catalog.proposals import OPTIONS, Proposal, propose, propose_whole
from frontline.catalog.schema_models import fold
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Period
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import definitions
from frontline.metrics.effects import Contest, Effect, last_days, measure_effect
from handlers.arguments import checked_words, parse_arguments
from handlers.desk import Desk, Work
from handlers.registry import Arguments


class MetricArguments(Arguments):
    """One metric, one version of it, or a comparison in a button."""

    value: str = ""


class DefineArguments(Arguments):
    """A metric (and another to compare with), and what to change. ``spec`` is the JSON of a file's definition."""

    value: str = ""
    other: str = ""
    options: str = "{}"
    spec: str = ""
    start: str = ""
    end: str = ""
    grain: str = "month"
    reason: AnonymizedText | None = None
    definition: AnonymizedText | None = None
    title: AnonymizedText | None = None


# What a button may carry of a comparison, so that what is proposed is what was looked at.
_CARRIED = ("value", "options", "start", "end", "grain", "reason", "definition", "title")
LONGEST_BUTTON = 2000


def as_button(arguments: DefineArguments) -> str:
    """Return the comparison as the value of a button; "" where it does not fit into one."""
    said = {name: getattr(arguments, name) for name in _CARRIED}
    words = {name: item.show() if isinstance(item, AnonymizedText) else item for name, item in said.items() if item}
    value = json.dumps(words, separators=(",", ":"))
    return "" if arguments.spec or len(value) > LONGEST_BUTTON else value


def of_button(desk: Desk, arguments: MetricArguments) -> DefineArguments:
    """Return the comparison that a button carried; its words pass the gate again.

    Raises:
        UsageError: the button is not readable, or a word of it may name a person.
    """
    try:
        said = {name: RawText(str(word)) for name, word in json.loads(arguments.value).items() if name in _CARRIED}
    except (ValueError, AttributeError):
        raise UsageError("That button is from an older version.", next_step="Compare again.") from None
    found = parse_arguments(DefineArguments, said, gate=desk.gate)
    assert isinstance(found, DefineArguments)
    return look(desk, found)


def look(desk: Desk, arguments: DefineArguments) -> DefineArguments:
    """Return the arguments once the gate found nothing personal in what a definition would keep of their words.

    Raises:
        UsageError: a value, or a new name of a file, may name a person.
    """
    fresh = {*_values(desk.catalog, arguments.options), *_strings(json.loads(arguments.spec or "{}"))}
    known = _known(desk.catalog) if fresh else frozenset()
    for word in sorted(fresh):
        if fold(word) not in known:
            checked_words("definition", RawText(word), gate=desk.gate)
    return arguments


def _values(catalog: Catalog, options: str) -> tuple[str, ...]:
    """Return the words that a filter compares with; none where it is no filter, which is said later."""
    columns = [column for model in catalog.models.values() for column in model.columns]
    try:
        condition = read_condition(str(json.loads(options or "{}").get("where", "")), columns=columns)
    except UsageError:
        return ()
    return condition.among or condition.not_in or ()


def _known(catalog: Catalog) -> frozenset[str]:
    """Return the words of the catalog itself: its keys, columns and settings, and the values of groups."""
    parts = (catalog.metrics, catalog.measures, catalog.models)
    said = {word for part in parts for item in part.values() for word in _strings(item.model_dump(mode="json"))}
    said |= {word for part in parts for word in part}
    groups = [dimension for dimension in catalog.dimensions.values() if not dimension.is_person]
    said |= {word for dimension in groups for value in dimension.values for word in (value.key, value.label)}
    return frozenset(fold(word) for word in (*said, *catalog.dimensions, "metrics", "measures"))


def _strings(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for name, value in said.items():
            yield str(name)
            yield from _strings(value)
    elif isinstance(said, list | tuple):
        for value in said:
            yield from _strings(value)


def contest(work: Work, arguments: DefineArguments) -> tuple[Contest, Proposal | None]:
    """Return the two definitions that are meant; the proposal where one of them is new."""
    if arguments.spec:
        proposal = _of_file(work, arguments)
        return Contest(proposal.base, proposal.version), proposal
    if not arguments.value:
        raise UsageError("Which metric?", next_step="For example: /ops metric diff fcr_rate --window 14")
    options = _options(arguments)
    if options:
        if arguments.other:
            raise UsageError("Either another metric, or something to change.", next_step="Leave one of them out.")
        key = _key(work, arguments.value)
        number = definitions.next_number(work.session, work.desk.catalog, key)
        proposal = propose(work.desk.catalog, key, options, number=number)
        return Contest(proposal.base, proposal.version), proposal
    first = version(work, arguments.value)
    if arguments.other:
        return _alike(first, version(work, arguments.other)), None
    known = work.desk.catalog.metrics.get(first.key)
    if "@" in arguments.value and known is not None and first.number != known.version:
        return _alike(version_of(work.desk.catalog, first.key), first), None
    row = definitions.access_version(work.session, work.actor, first.key, policy=work.desk.policy)
    return Contest(first, definitions.as_version(row)), None


def _alike(first: Version, second: Version) -> Contest:
    units = [version.bundle["metric"]["unit"] for version in (first, second)]
    if units[0] != units[1]:
        raise UsageError(
            f"{first.key} is a {units[0]} and {second.key} a {units[1]}: they cannot be compared.",
            next_step="Compare versions or variants of one metric.",
        )
    return Contest(first, second)


def _options(arguments: DefineArguments) -> dict[str, str]:
    said = json.loads(arguments.options)
    options = {name: str(value) for name, value in said.items() if name in OPTIONS}
    for name in ("definition", "title"):
        text = getattr(arguments, name)
        if text is not None:
            options[name] = _impersonal(text, name)
    return options


def _of_file(work: Work, arguments: DefineArguments) -> Proposal:
    said = json.loads(arguments.spec)
    key, metric = next(iter(said["metrics"].items()))
    for name in ("definition", "title"):
        text = getattr(arguments, name)
        if text is not None:
            metric[name] = _impersonal(text, name)
    number = definitions.next_number(work.session, work.desk.catalog, key)
    return propose_whole(work.desk.catalog, key, metric, said.get("measures", {}), number=number)


def _impersonal(text: AnonymizedText, name: str) -> str:
    """Return words that the gate let through as they were: a definition names nobody."""
    if text.provenance.counts:
        raise UsageError(f"The {name} may not name a person.", next_step="Say it without names and numbers of people.")
    return text.show()


def version(work: Work, name: str) -> Version:
    key, _, number = name.strip().lower().partition("@")
    key = _key(work, key) if not number else key
    if not number:
        return version_of(work.desk.catalog, key)
    known = work.desk.catalog.metrics.get(key)
    if known is not None and str(known.version) == number:
        return version_of(work.desk.catalog, key)
    return definitions.as_version(
        definitions.access_version(work.session, work.actor, f"{key}@{number}", policy=work.desk.policy)
    )


def _key(work: Work, name: str) -> str:
    from rapidfuzz import process

    metrics = work.desk.catalog.metrics
    key = name.strip().lower().replace(" ", "_").replace("-", "_")
    if key in metrics:
        return key
    titled = next((other for other, metric in metrics.items() if metric.title.lower() == name.strip().lower()), None)
    if titled is not None:
        return titled
    near = [found for found, score, _ in process.extract(key, list(metrics), limit=3) if score >= 50]
    said = f"Did you mean {', '.join(near)}?" if near else "/ops metric list shows them."
    raise NotFound(f"There is no metric {name.strip()!r}.", next_step=said, choices=near[:0])


def effect_of(work: Work, contest: Contest, arguments: DefineArguments) -> Effect:
    catalog, engine = work.desk.catalog, work.desk.engine
    known = contest.new.key if contest.new.key in catalog.metrics else (contest.old or contest.new).key
    reach = engine.data_to(known) if known in catalog.metrics else None
    period = last_days(catalog.rules.definitions.days, today=work.today, data_to=reach)
    try:
        start = dt.date.fromisoformat(arguments.start) if arguments.start else period.start
        end = dt.date.fromisoformat(arguments.end) + dt.timedelta(days=1) if arguments.end else period.end
        period = Period(start, end)
    except ValueError:
        raise UsageError(
            "--from and --to are dates, the first before the second.", next_step="For example --from 2026-03-01."
        ) from None
    return measure_effect(engine, catalog, work.actor, contest, period, audience=work.audience)

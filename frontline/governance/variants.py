"""Variants: how many ways there are to do one thing, who uses which, and the budget that keeps them few."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.scripts import Script, ScriptRules
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.governance.script_texts import variants_of
from frontline.store.models.scripts import ScriptVersion, Variant, VariantUse
from frontline.store.work import Unit

LIVE, RETIRED = "live", "retired"
SCRIPT = "script"
KINDS = ("flow", "mail", "sla_tier", "other")
USE_DAYS = 90


@dataclass(frozen=True)
class Way:
    """One variant. ``key``: its id, or for a script the place where it holds. ``uses``: in the last 90 days."""

    key: str
    kind: str
    name: str
    uses: int = 0
    words: str = ""
    is_legal: bool = False


@dataclass(frozen=True)
class Census:
    """The variants of one process, the most used first."""

    process: str
    ways: tuple[Way, ...]
    budget: int
    alike: tuple[tuple[str, str], ...] = ()
    training_minutes: int = 0

    @property
    def effective(self) -> float:
        """How many variants there seem to be by use: exp of the entropy of their shares (Hill 1973); 0 without use."""
        return effective_number([way.uses for way in self.ways])

    @property
    def least_used(self) -> tuple[Way, ...]:
        """The two that are used least and may go: neither the base nor what the law wants."""
        free = [way for way in self.ways if not way.is_legal and way.key != "base"]
        return tuple(sorted(free, key=lambda way: (way.uses, way.key))[:2])

    @property
    def vital_few(self) -> int:
        """How many of the most used ones make four fifths of all use (Pareto)."""
        total, running = sum(way.uses for way in self.ways), 0
        for place, way in enumerate(self.ways, start=1):
            running += way.uses
            if total and running >= 0.8 * total:
                return place
        return 0


def effective_number(counts: Sequence[int]) -> float:
    """Return exp(-sum p ln p) over the shares of ``counts``; 0.0 when there is nothing to share."""
    total = sum(counts)
    shares = [count / total for count in counts if count > 0] if total else []
    return math.exp(-sum(share * math.log(share) for share in shares)) if shares else 0.0


def list_census(
    session: Session,
    actor: Actor,
    *,
    rules: ScriptRules,
    now: dt.datetime,
    policy: Policy,
    audience: Audience = PRIVATE,
) -> list[Census]:
    """Return the variants of every process, those over or at their budget first.

    Raises:
        NotPermitted: the actor may not review variants.
    """
    policy.authorize(actor, "variant.review", audience=audience)
    found = [census_of(session, process, rules=rules, now=now) for process in _processes(session)]
    return sorted(found, key=lambda each: (each.budget - len(each.ways), each.process))


def census_of(session: Session, process: str, *, rules: ScriptRules, now: dt.datetime) -> Census:
    """Return the variants of one process with their use."""
    uses = _uses(session, process, now)
    script = session.scalar(
        select(ScriptVersion).where(ScriptVersion.topic == process, ScriptVersion.state == "published")
    )
    ways: list[Way] = []
    minutes = 0
    if script is not None:
        body = Script.model_validate(script.body)
        variants = variants_of(body)
        minutes = len(variants) * (body.training_minutes or rules.training_minutes)
        ways += [
            Way(place, SCRIPT, f"{body.title} ({place})", uses[place], said.words) for place, said in variants.items()
        ]
    query = select(Variant).where(Variant.process == process, Variant.state == LIVE).order_by(Variant.variant_id)
    ways += [
        Way(row.variant_id, row.kind, row.name, uses[row.variant_id], row.name, row.is_legal)
        for row in session.scalars(query)
    ]
    ways.sort(key=lambda way: (-way.uses, way.key))
    return Census(process, tuple(ways), rules.budget(process), _alike(ways, rules.alike), minutes)


def check_budget(session: Session, process: str, *, added: int, rules: ScriptRules, now: dt.datetime) -> None:
    """Refuse what would take a process over its budget.

    Raises:
        UsageError: names the two that are used least.
    """
    census = census_of(session, process, rules=rules, now=now)
    count = len(census.ways)
    over = count + added - census.budget
    if over <= 0:
        return
    least = " and ".join(f"{way.name} ({way.uses} uses, {way.key})" for way in census.least_used)
    has = f"{process} has {count} variant{'s' if count != 1 else ''}"
    raise UsageError(
        f"{has} and a budget of {census.budget}."
        if added == 1
        else f"{has}, this adds {added}, and the budget is {census.budget}.",
        next_step=f"{'Retire one first' if over == 1 else f'{over} too many: retire some, or override less'}. "
        f"Used least: {least or 'none may go'}.",
    )


def add(
    unit: Unit,
    actor: Actor,
    process: str,
    name: str,
    *,
    kind: str,
    rules: ScriptRules,
    policy: Policy,
    segment: str = "",
    region: str = "",
    is_legal: bool = False,
) -> Variant:
    """Register a variant of a process.

    Raises:
        NotPermitted: the actor may not.
        UsageError: it has no name, there is no such kind, or the process is at its budget.
        Conflict: one of this name is registered.
    """
    policy.authorize(actor, "variant.change", f"process:{process}")
    if not process or not name:
        raise UsageError("Which process, and which variant?", next_step='`/ops review add refunds "late mail"`')
    if kind not in KINDS:
        raise UsageError(f"There is no kind {kind[:20]}.", next_step=f"Kinds: {', '.join(KINDS)}.")
    same = select(Variant).where(Variant.process == process, Variant.name == name, Variant.state == LIVE)
    if unit.session.scalar(same) is not None:
        raise Conflict(
            "One of this name is registered already.", next_step=f"`/ops review variants {process}` shows it."
        )
    check_budget(unit.session, process, added=1, rules=rules, now=unit.now)
    row = Variant(
        variant_id=new_id("var"),
        process=process,
        kind=kind,
        name=name,
        segment=segment,
        region=region,
        is_legal=is_legal,
        state=LIVE,
        added_by=actor.key,
        at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor, "variant.add", resource=f"variant:{row.variant_id}", detail={"process": process})
    return row


def retire(
    unit: Unit, actor: Actor, variant_id: str, *, rules: ScriptRules, policy: Policy, back: bool = False
) -> Variant:
    """Retire a registered variant; with ``back`` let it live again, within the budget.

    Raises:
        NotPermitted, NotFound: the actor may not, or there is none.
        Conflict: it is in that state already.
        UsageError: there is no room to come back.
    """
    policy.authorize(actor, "variant.change", f"variant:{variant_id}")
    row = unit.session.get(Variant, variant_id.strip())
    if row is None:
        raise NotFound(
            "There is no registered variant with this id.",
            next_step="Those of a script go by its overrides: `/ops kb edit`.",
        )
    if row.state == (LIVE if back else RETIRED):
        raise Conflict(f"It is {row.state} already.", next_step=f"`/ops review variants {row.process}` shows it.")
    if back:
        check_budget(unit.session, row.process, added=1, rules=rules, now=unit.now)
    row.state = LIVE if back else RETIRED
    audit.record(unit, actor, f"variant.{'restore' if back else 'retire'}", resource=f"variant:{row.variant_id}")
    return row


def count_use(unit: Unit, process: str, key: str, *, day: dt.date, times: int = 1) -> None:
    """Count that a variant was used on a day. Nobody is named: a count tells nothing of anybody."""
    row = unit.session.get(VariantUse, (process, key[:120], day))
    if row is None:
        row = VariantUse(process=process, key=key[:120], day=day, count=0)
        unit.session.add(row)
    row.count += times
    unit.session.flush()


def _processes(session: Session) -> list[str]:
    scripts = select(ScriptVersion.topic).where(ScriptVersion.state == "published")
    others = select(Variant.process).where(Variant.state == LIVE)
    return sorted({*session.scalars(scripts), *session.scalars(others)})


def _uses(session: Session, process: str, now: dt.datetime) -> Counter[str]:
    since = now.date() - dt.timedelta(days=USE_DAYS)
    query = select(VariantUse.key, func.sum(VariantUse.count)).where(
        VariantUse.process == process, VariantUse.day > since
    )
    found: defaultdict[str, int] = defaultdict(int)
    for key, count in session.execute(query.group_by(VariantUse.key)).tuples():
        found[key] += int(count)
    return Counter(found)


def _alike(ways: Sequence[Way], least: float) -> tuple[tuple[str, str], ...]:
    """Return the pairs whose words are nearly the same (0-100, by the longest runs in common)."""
    return tuple(
        (one.name, other.name)
        for place, one in enumerate(ways)
        for other in ways[place + 1 :]
        if one.kind == other.kind and fuzz.ratio(one.words.lower(), other.words.lower()) >= least
    )

"""``/ops review variants``: how many ways there are to do one thing, and the budget that keeps them few."""

from __future__ import annotations

from frontline.core.errors import UsageError
from frontline.core.reply import Button, Column, Item, Outcome, Paragraph, Part, Reply, Table
from frontline.governance import variants
from frontline.governance.variants import Census
from frontline.store.base import product_words
from handlers.desk import Work
from handlers.registry import Arguments, HouseWords
from handlers.scripts import rules_of

MOST = 12


class CensusArguments(Arguments):
    """A process; none means all."""

    value: str = ""


class AddArguments(Arguments):
    """A variant to register."""

    value: str = ""
    name: HouseWords = ""
    kind: str = "flow"
    segment: str = ""
    region: str = ""
    legal: str = ""


class VariantArguments(Arguments):
    """A registered variant."""

    value: str = ""


def review(work: Work, arguments: CensusArguments) -> Reply:
    """Show the variants of each process against its budget; of one process all of them with their use."""
    found = variants.list_census(
        work.session,
        work.actor,
        rules=rules_of(work),
        now=work.now,
        policy=work.desk.policy,
        audience=work.audience,
    )
    wanted = arguments.value.strip().lower()
    if wanted:
        found = [census for census in found if census.process == wanted]
    if not found:
        return Reply("No variant is registered.", context="`/ops kb publish` and `/ops review add` do.", exit_code=4)
    total = sum(len(census.ways) for census in found)
    rows = [_row(census) for census in found[:MOST]]
    columns = [
        Column("process", "Process"),
        Column("variants", "Variants", "count"),
        Column("budget", "Budget", "count"),
        Column("effective", "Effective number", "score"),
        Column("vital_few", "Make 80 % of use", "count"),
        Column("training", "Training, minutes", "count"),
    ]
    parts: list[Part] = [Table("Variants per process against their budget", columns, rows)]
    for census in found[: 1 if wanted else 3]:
        parts += _of_process(work, census, is_alone=bool(wanted))
    full = sum(len(census.ways) >= census.budget for census in found)
    return Reply(
        f"{total} variants in {len(found)} process{'es' if len(found) > 1 else ''}, {full} at the budget or over it.",
        context="Use of the last 90 days. The effective number is exp of the entropy of use: 1 means one does all.",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def add(work: Work, arguments: AddArguments) -> Reply:
    """Register a variant; over the budget it is refused with the two that are used least."""
    row = variants.add(
        work.unit,
        work.actor,
        arguments.value.strip().lower(),
        arguments.name.strip(),
        kind=arguments.kind or "flow",
        rules=rules_of(work),
        policy=work.desk.policy,
        segment=arguments.segment,
        region=arguments.region,
        is_legal=_is_legal(arguments.legal),
    )
    census = variants.census_of(work.session, row.process, rules=rules_of(work), now=work.now)
    return Reply(
        f"Registered: {row.process} has {len(census.ways)} of {census.budget} variants.",
        parts=[Item(product_words(row.name), detail=f"{row.kind} · {row.variant_id}")],
        buttons=[Button("Undo", "variant.retire", row.variant_id)],
    )


def retire(work: Work, arguments: VariantArguments) -> Reply:
    """Retire a registered variant."""
    row = variants.retire(work.unit, work.actor, arguments.value, rules=rules_of(work), policy=work.desk.policy)
    return Reply(
        f"Retired from {row.process}.",
        parts=[Item(product_words(row.name), detail=row.variant_id)],
        buttons=[Button("Undo", "variant.restore", row.variant_id)],
    )


def restore(work: Work, arguments: VariantArguments) -> Reply:
    """Let a retired variant live again."""
    row = variants.retire(
        work.unit, work.actor, arguments.value, rules=rules_of(work), policy=work.desk.policy, back=True
    )
    return Reply(f"It is a variant of {row.process} again.", context=row.variant_id, replaces=True)


def _is_legal(said: str) -> bool:
    words = said.strip().lower()
    if words not in ("", "yes", "true", "no", "false"):
        raise UsageError("Does the law want this variant?", next_step="Say `--legal yes`, or leave it out.")
    return words in ("yes", "true")


def _row(census: Census) -> list[str | int | float]:
    counts = (len(census.ways), census.budget, round(census.effective, 2), census.vital_few, census.training_minutes)
    return [census.process, *counts]


def _of_process(work: Work, census: Census, *, is_alone: bool) -> list[Part]:
    may_change = work.desk.policy.is_allowed(work.actor, "variant.change", audience=work.audience)
    parts: list[Part] = [Paragraph(f"*{census.process}*: {len(census.ways)} of {census.budget}")]
    shown = census.ways if is_alone else census.least_used
    for way in shown[:MOST]:
        can_go = may_change and not way.is_legal and way.kind != variants.SCRIPT
        buttons = [Button("Retire", "variant.retire", way.key)] if can_go else []
        marks = (way.kind, f"{way.uses} uses", "required by law" if way.is_legal else "", way.key)
        label = "" if is_alone else "used least · "
        parts.append(Item(product_words(way.name), detail=label + " · ".join(filter(None, marks)), buttons=buttons))
    parts += [Item(product_words(f"{one} / {other}"), detail="near-duplicates") for one, other in census.alike[:5]]
    return parts

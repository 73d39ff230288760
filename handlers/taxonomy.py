"""``/ops metric show taxonomy`` and ``/ops category suggest``: cases by code, whatever a region calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from frontline.analysis.intervals import wilson
from frontline.catalog.schema_models import UNKNOWN
from frontline.catalog.taxonomy import Taxonomy, normal
from frontline.core.actor import SYSTEM
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, unit_period
from frontline.core.reply import Cell, Column, Outcome, Paragraph, Part, Reply, Table
from frontline.core.text import AnonymizedText
from frontline.metrics.query import MetricQuery, PeriodSpec
from handlers.agreement import agreement_of
from handlers.assistant.numbers import show_period
from handlers.coming import AGAIN, in_words
from handlers.desk import Desk, Work
from handlers.knowledge import case_of
from handlers.registry import Arguments
from retrieval.articles import words_of_case

METRIC = "case_volume"
# So many months before say what is usual.
MONTHS_BEFORE = 3


class ShowArguments(Arguments):
    """A version of the taxonomy, "" for the one in force."""

    value: str = ""


class SuggestArguments(Arguments):
    """The words of a case after the gate, or its number."""

    text: AnonymizedText | None = None
    value: str = ""


@dataclass
class Codes:
    """Cases per code. ``labels``: code -> the words of help desks that counted for it; ``hidden``: code -> small cells;
    ``unlabelled``: cases of which the feed says no category, which are in no code and no share."""

    counts: Counter[str] = field(default_factory=Counter)
    labels: dict[str, set[str]] = field(default_factory=dict)
    hidden: Counter[str] = field(default_factory=Counter)
    unlabelled: int = 0

    @property
    def total(self) -> int:
        """All cases that may be shown."""
        return sum(self.counts.values())

    def share(self, code: str) -> float:
        """The share of a code; 0 without cases."""
        return self.counts[code] / self.total if self.total else 0.0

    def is_hidden(self, code: str) -> bool:
        """Whether there are cases of a code and none of them may be shown: its share is not 0."""
        return self.hidden[code] > 0 and self.counts[code] == 0


def show(work: Work, arguments: ShowArguments) -> Reply:
    """Show last month's cases by code with the share of \"other\", and how well two people agree on codes."""
    taxonomy = _version(work, arguments.value)
    month = unit_period(work.today, Grain.MONTH).previous()
    first = month
    for _ in range(MONTHS_BEFORE):
        first = first.previous()
    now = fold(taxonomy, _cells(work, PeriodSpec(start=month.start, end=month.end)))
    before = fold(taxonomy, _cells(work, PeriodSpec(start=first.start, end=month.start)))
    if not now.total:
        return Reply(f"No cases with a category in {show_period(month)}.", outcome=Outcome.ABSTAINED, exit_code=4)
    rows: list[list[Cell]] = []
    running = 0.0
    for code, count in now.counts.most_common():
        running += now.share(code)
        heard = sorted(label for label in now.labels[code] if normal(label) != normal(taxonomy.codes[code].title))
        rows.append([code, taxonomy.path(code), count, now.share(code), running, ", ".join(heard)])
    columns = [
        Column("code", "Code"),
        Column("category", "Category"),
        Column("cases", "Cases", "count"),
        Column("share", "Share", "share"),
        Column("running", "Added up", "share"),
        Column("labels", "Also called"),
    ]
    least = work.desk.catalog.rules.categories.min_cases
    parts: list[Part] = [Paragraph(_other(taxonomy, now, before, least=least)), Table("Cases by code", columns, rows)]
    if hidden := now.hidden.total():
        noun = "label" if hidden == 1 else "labels"
        parts.append(Paragraph(f"_{hidden} {noun} with too few cases {'is' if hidden == 1 else 'are'} not shown._"))
    if now.unlabelled:
        parts.append(Paragraph(f"_{now.unlabelled:,} cases carry no category; they are in no code and no share._"))
    told = agreement_of(work, taxonomy)
    parts += told.parts
    return Reply(
        f"{show_period(month)}: {now.total:,} cases under {len(now.counts)} codes, one code per label across regions,"
        f' and the share of "other" is {_shown_share(taxonomy, now)}.',
        context=f"taxonomy {taxonomy.version} · {METRIC} · a label of any language counts under its code",
        parts=parts,
        outcome=Outcome.ANSWERED,
        answer={
            "taxonomy": taxonomy.version,
            "codes": dict(now.counts),
            "other_share": None if now.is_hidden(taxonomy.other) else round(now.share(taxonomy.other), 4),
            "other_target": taxonomy.other_share,
            "agreement": told.answer,
        },
    )


def suggest(work: Work, arguments: SuggestArguments) -> Reply:
    """Suggest three categories; where none is sure that is said, and nothing is assigned."""
    text = _words(work, arguments)
    try:
        found = work.desk.corpus().suggest(work.actor, text)
    except NotFound:
        if not (said := in_words(work)):
            raise
        return Reply(said, context=AGAIN, outcome=Outcome.ABSTAINED)
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    rows: list[list[Cell]] = [
        [taxonomy.code_of(label), taxonomy.path(taxonomy.code_of(label)), chance] for label, chance in found.top
    ]
    work.audit |= {"code": rows[0][0], "sure": found.label is not None}
    best = f"{rows[0][1]} ({rows[0][0]})"
    columns = [Column("code", "Code"), Column("category", "Category"), Column("chance", "Likelihood", "share")]
    return Reply(
        f"{best}." if found.label is not None else f"Not sure: perhaps {best}. Choose yourself.",
        context="From the categories of the complaints that are loaded. A suggestion; nothing was assigned.",
        parts=[Table("Likeliest categories", columns, rows)],
        outcome=Outcome.ANSWERED if found.label is not None else Outcome.ABSTAINED,
        answer={"code": rows[0][0] if found.label is not None else None, "top": rows},
    )


def likely_category(desk: Desk, text: AnonymizedText) -> str:
    """Return three categories for the card of a new case, in a line; "" before the models are warm or without any."""
    corpus = desk.corpus()
    if not corpus.is_warm:
        return ""
    try:
        found = corpus.suggest(SYSTEM, text)
    except NotFound:
        return ""
    taxonomy: Taxonomy = desk.catalog.taxonomy
    codes = [(taxonomy.code_of(label), chance) for label, chance in found.top]
    named = [f"{taxonomy.path(code)} ({code}) {chance:.0%}" for code, chance in codes]
    start = "Likely category" if found.label is not None else "No category is sure, choose yourself"
    return f"_{start}: {' · '.join(named)}. Nothing was assigned._"


def _words(work: Work, arguments: SuggestArguments) -> AnonymizedText:
    """Return the words that are given, or those of the case that is named: they are read with and not shown."""
    if arguments.value:
        case = case_of(work, arguments.value, action="category.suggest")
        found = words_of_case(work.session, case)
        if isinstance(found, AnonymizedText):
            return found
        raise NotFound(
            f"No words of {case.case_key} are known.", next_step="Words do as well: /ops category suggest charged twice"
        )
    if arguments.text is None:
        raise UsageError(
            "What is the case about?", next_step="For example: /ops category suggest I was charged twice for March"
        )
    return arguments.text


def _version(work: Work, said: str) -> Taxonomy:
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    if not said.strip():
        return taxonomy
    try:
        return taxonomy.at(int(said.strip().removeprefix("version").strip()))
    except ValueError:
        raise UsageError(
            "There is no such version of the taxonomy.",
            next_step=f"/ops metric show taxonomy {taxonomy.version} is the one in force.",
        ) from None


def fold(taxonomy: Taxonomy, cells: Mapping[str, int | None]) -> Codes:
    """Add up the cases of labels under their codes; a cell that may not be shown is counted as hidden."""
    found = Codes()
    for label, count in cells.items():
        if label in ("", UNKNOWN):
            found.unlabelled += count or 0
            continue
        code = taxonomy.code_of(label)
        if count is None:
            found.hidden[code] += 1
            continue
        found.counts[code] += count
        found.labels.setdefault(code, set()).add(label)
    return found


def _cells(work: Work, period: PeriodSpec) -> dict[str, int | None]:
    result = work.run(MetricQuery(metrics=(METRIC,), by=("topic",), period=period))
    column = result.columns.index(METRIC)
    hidden = set(result.suppressed)
    rows: Sequence[Sequence[object]] = result.rows
    return {
        str(row[0]) if row[0] is not None else "": None if (at, column) in hidden else int(str(row[column] or 0))
        for at, row in enumerate(rows)
    }


def _shown_share(taxonomy: Taxonomy, now: Codes) -> str:
    return "too small to be shown" if now.is_hidden(taxonomy.other) else f"{now.share(taxonomy.other):.1%}"


def _other(taxonomy: Taxonomy, now: Codes, before: Codes, *, least: int) -> str:
    """Say how \"other\" stands against its target, and whether it has risen by more than chance."""
    share, target = now.share(taxonomy.other), taxonomy.other_share
    usual = before.share(taxonomy.other)
    verdict = "above" if share > target else "within"
    title = taxonomy.codes[taxonomy.other].title
    if now.is_hidden(taxonomy.other):
        return f'"{title}" has too few cases to be shown; it should stay under {target:.0%}.'
    line = f'"{title}" is {share:.1%}, {verdict} the {target:.0%} that it should stay under.'
    if (
        before.total
        and now.counts[taxonomy.other] >= least
        and wilson(now.counts[taxonomy.other], now.total).low > usual
    ):
        line += f" It was {usual:.1%} in the {MONTHS_BEFORE} months before: a code may be missing."
    return line

"""The registry of themes: keys that last, what each period held, and what people change about them.

Counts are kept, growth is worked out from them on reading: a merge of yesterday counts for the months before it too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.analysis.clusters import ClusterSettings
from frontline.analysis.rates import RateRatio, chance_of_more, discoveries, rate_ratio
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.store.models.themes import Theme, ThemeMember, ThemeMonth, ThemeRun
from frontline.store.work import Unit

MONTHLY = "monthly"
# A theme is called growing only beyond a quarter more than usual, at a false discovery rate of 10 % among all themes.
LIFT, FALSE_RATE, PERHAPS = 1.25, 0.10, 0.01
GROWING, MAYBE, STEADY, UNKNOWN = "growing", "perhaps", "steady", "unknown"
_ORDER = {GROWING: 0, MAYBE: 1, STEADY: 2, UNKNOWN: 2}


@dataclass(frozen=True)
class ThemeView:
    """A theme in a period. ``members``: document ids, nearest to the centre first.

    ``state``: growing | perhaps (up, but chance is not excluded among so many themes) | steady | unknown (nothing to
    compare with). ``growth``: its share of the documents against the months before, None where there are none.
    """

    key: str
    label: AnonymizedText
    size: int
    size_before: int
    state: str
    growth: RateRatio | None
    chance: float  # p-value of growing by less than LIFT, 1 where it was not tested
    sizes: tuple[tuple[str, int], ...]
    categories: Mapping[str, int]
    members: tuple[str, ...]


@dataclass(frozen=True)
class ThemePeriod:
    """The themes of one kind in one period, growing ones first, then by size.

    ``categories``: documents of the period by category; ``unassigned``: those in no theme. ``merged``: key of a merged
    theme -> the one that it counts for.
    """

    kind: str
    period: str
    documents: int = 0
    documents_before: int = 0
    themes: tuple[ThemeView, ...] = ()
    unassigned: tuple[str, ...] = ()
    categories: Mapping[str, int] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    def find(self, key: str) -> ThemeView | None:
        """Return the theme with this key, or the one that it counts for; None when the period has no document of it."""
        wanted = self.merged.get(key, key)
        return next((theme for theme in self.themes if theme.key == wanted), None)


def series_key(kind: str, series: str = MONTHLY) -> str:
    """Return the name under which runs and members of a series are kept."""
    return f"{kind}:{series}"


def settings_for(documents: int) -> ClusterSettings:
    """Return the settings for a window of so many documents: 15 make a theme, fewer in a small company."""
    return ClusterSettings(smallest=min(15, max(4, documents // 200)))


def list_periods(session: Session, kind: str) -> list[str]:
    """Return the periods for which the monthly themes of a kind were worked out, the latest first."""
    query = select(ThemeRun.period).where(ThemeRun.kind_series == series_key(kind)).order_by(ThemeRun.period.desc())
    return list(session.scalars(query))


def list_themes(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    period: str,
    series: str = MONTHLY,
    policy: Policy,
    audience: Audience = PRIVATE,
) -> ThemePeriod | None:
    """Return the themes of a period as they were worked out, None when they were not.

    Raises:
        NotPermitted: the actor may see no themes before this audience.
    """
    policy.authorize(actor, "theme.list", audience=audience)
    name = series_key(kind, series)
    run = session.get(ThemeRun, (name, period))
    if run is None:
        return None
    themes = {row.theme_key: row for row in rows_of(session, kind, series)}
    months: dict[str, list[ThemeMonth]] = defaultdict(list)
    for month in session.scalars(
        select(ThemeMonth).where(ThemeMonth.period == period, ThemeMonth.theme_key.in_(themes))
    ):
        months[root_of(themes, month.theme_key)].append(month)
    members: dict[str, list[tuple[float, str]]] = defaultdict(list)
    unassigned: list[str] = []
    query = select(ThemeMember).where(ThemeMember.kind_series == name, ThemeMember.period == period)
    for row in session.scalars(query):
        if row.theme_key:
            members[root_of(themes, row.theme_key)].append((-row.score, row.doc_id))
        else:
            unassigned.append(row.doc_id)
    views = [_view(themes[key], found, tuple(doc for _, doc in sorted(members[key]))) for key, found in months.items()]
    judged = _judge(views, run)
    return ThemePeriod(
        kind=kind,
        period=period,
        documents=run.documents,
        documents_before=run.documents_before,
        themes=tuple(sorted(judged, key=_rank)),
        unassigned=tuple(sorted(unassigned)),
        categories=run.categories,
        merged={key: root_of(themes, key) for key, row in themes.items() if row.merged_into is not None},
    )


def access_theme(session: Session, actor: Actor, key: str, *, policy: Policy, audience: Audience = PRIVATE) -> Theme:
    """Return the theme with this key, or the one that it was merged into.

    Raises:
        NotPermitted: the actor may see no themes.
        NotFound: there is no such theme.
    """
    policy.authorize(actor, "theme.list", audience=audience)
    row = session.get(Theme, key.strip().lower())
    while row is not None and row.merged_into is not None:
        row = session.get(Theme, row.merged_into)
    if row is None:
        raise NotFound(f"There is no theme {key.strip()[:40]}.", next_step="`/ops theme list` shows the themes.")
    return row


def rename(unit: Unit, actor: Actor, key: str, label: AnonymizedText, *, policy: Policy) -> Theme:
    """Give a theme another label; its key stays.

    Raises:
        NotPermitted, NotFound: the actor may not, or there is no such theme.
        UsageError: the label is empty or longer than 80 characters.
    """
    policy.authorize(actor, "theme.change", f"theme:{key}")
    if not label or len(label) > 80:
        raise UsageError("A label has 1 to 80 characters.", next_step="For example: charged twice after the update")
    row = access_theme(unit.session, actor, key, policy=policy)
    row.label, row.renamed_by = label, actor.key
    audit.record(unit, actor, "theme.rename", resource=f"theme:{row.theme_key}")
    return row


def merge(unit: Unit, actor: Actor, key: str, *, into: str, policy: Policy) -> tuple[Theme, Theme]:
    """Let one theme count for another from now on, and for the months before; return both.

    Raises:
        NotPermitted, NotFound: as for ``rename``.
        Conflict: they are one already, or of different kinds.
    """
    policy.authorize(actor, "theme.change", f"theme:{key}")
    one = access_theme(unit.session, actor, key, policy=policy)
    other = access_theme(unit.session, actor, into, policy=policy)
    if one.theme_key == other.theme_key:
        raise Conflict("They are one theme already.")
    if (one.kind, one.series) != (other.kind, other.series):
        raise Conflict("Themes of different kinds cannot be merged.")
    one.merged_into = other.theme_key
    audit.record(unit, actor, "theme.merge", resource=f"theme:{one.theme_key}", detail={"into": other.theme_key})
    return one, other


def undo_merge(unit: Unit, actor: Actor, key: str, *, policy: Policy) -> Theme:
    """Let a merged theme stand on its own again.

    Raises:
        NotPermitted, NotFound: as for ``rename``.
        Conflict: it is not merged.
    """
    policy.authorize(actor, "theme.change", f"theme:{key}")
    row = unit.session.get(Theme, key.strip().lower())
    if row is None:
        raise NotFound(f"There is no theme {key.strip()[:40]}.", next_step="`/ops theme list` shows the themes.")
    if row.merged_into is None:
        raise Conflict("This theme is merged into no other.")
    audit.record(unit, actor, "theme.unmerge", resource=f"theme:{key}", detail={"from": row.merged_into})
    row.merged_into = None
    return row


def rows_of(session: Session, kind: str, series: str) -> Sequence[Theme]:
    """Return every theme of a series, merged ones too, in the order in which they were made."""
    query = select(Theme).where(Theme.kind == kind, Theme.series == series)
    return list(session.scalars(query.order_by(Theme.created_period, Theme.created_at, Theme.theme_key)))


def root_of(themes: Mapping[str, Theme], key: str) -> str:
    """Return the key that counts for ``key``: its own, or that of the theme it was merged into."""
    while (target := themes[key].merged_into) is not None and target in themes:
        key = target
    return key


def family_of(session: Session, key: str) -> frozenset[str]:
    """Return every key that counts for the same theme as ``key``, itself too."""
    row = session.get(Theme, key)
    if row is None:
        return frozenset({key})
    themes = {other.theme_key: other for other in rows_of(session, row.kind, row.series)}
    root = root_of(themes, key)
    return frozenset(other for other in themes if root_of(themes, other) == root)


def counting_key(session: Session, key: str) -> str:
    """Return the key of the theme that ``key`` counts for; ``key`` itself where there is no such theme."""
    row = session.get(Theme, key)
    while row is not None and row.merged_into is not None:
        row = session.get(Theme, row.merged_into)
    return row.theme_key if row is not None else key


def _view(row: Theme, months: Iterable[ThemeMonth], members: tuple[str, ...]) -> ThemeView:
    sizes: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for month in months:
        sizes.update(dict(month.sizes))
        categories.update(month.categories)
    size = len(members)
    ordered = tuple(sorted(sizes.items()))
    before = sum(count for _, count in ordered) - size
    return ThemeView(row.theme_key, row.label, size, before, UNKNOWN, None, 1.0, ordered, dict(categories), members)


def _judge(views: Sequence[ThemeView], run: ThemeRun) -> list[ThemeView]:
    """Set growth and state. Only themes with enough documents over all months are tested: a rule blind to the month."""
    if not run.documents or not run.documents_before:
        return list(views)
    smallest = settings_for(run.documents + run.documents_before).smallest
    spans = (run.documents, run.documents_before)
    growths = [rate_ratio(view.size, spans[0], view.size_before, spans[1]) for view in views]
    chances = [chance_of_more(view.size, spans[0], view.size_before, spans[1], ratio=LIFT) for view in views]
    tested = [place for place, view in enumerate(views) if view.size + view.size_before >= smallest]
    named = discoveries([chances[place] for place in tested], rate=FALSE_RATE)
    states = dict.fromkeys(range(len(views)), STEADY)
    for place, is_named in zip(tested, named, strict=True):
        states[place] = GROWING if is_named else MAYBE if chances[place] < PERHAPS else STEADY
    return [
        replace(view, growth=growths[place], state=states[place], chance=chances[place] if place in tested else 1.0)
        for place, view in enumerate(views)
    ]


def _rank(view: ThemeView) -> tuple[int, float, int, str]:
    order = _ORDER[view.state]
    return order, view.chance if order < _ORDER[STEADY] else 0.0, -view.size, view.key

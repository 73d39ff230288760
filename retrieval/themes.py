"""Themes of a month: what people write about, under keys that last from month to month.

Documents of the month and of the months before are grouped together, blind to the month, so that a group does not
grow merely because this month made it. Groups begin from last month's centroids; what has come apart is split, the
rest is grouped afresh, and something new that hides inside old groups is carved out when it grows beyond doubt. A new
story that customers tell in many words is one theme: small groups of one category that rise together.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select

from frontline.analysis.clusters import centroids, follow
from frontline.core.actor import Actor
from frontline.core.errors import EngineError, UsageError
from frontline.core.ids import new_id
from frontline.core.ports import Gate
from frontline.core.text import RawText
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.store.models.themes import Theme, ThemeMember, ThemeMonth, ThemeRun
from frontline.store.work import Store, Unit
from retrieval.collection import Collection, collect, read_texts
from retrieval.corpus import Corpus
from retrieval.theme_counts import fixed_number
from retrieval.theme_groups import (
    UNASSIGNED,
    Draft,
    absorb,
    carve,
    find_merges,
    find_stories,
    is_now,
    keep_members,
    members_of,
)
from retrieval.theme_labels import find_names, key_terms, name_themes, read_bag
from retrieval.theme_registry import (
    MONTHLY,
    ThemePeriod,
    list_themes,
    rows_of,
    series_key,
    settings_for,
)

MONTHS_BEFORE = 6
ALL = "all"


class ThemeBook:
    """Works themes out, keeps them, and reads them. Threads may share one instance."""

    def __init__(
        self,
        store: Store,
        *,
        corpus: Callable[[], Corpus],
        gate: Callable[[], Gate],
        policy: Policy,
        zone: ZoneInfo,
        names: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        """``names``: words that no label may hold, such as those of agents."""
        self._store = store
        self._corpus = corpus
        self._gate = gate
        self._policy = policy
        self._zone = zone
        self._names = names

    def open_gate(self) -> None:
        """Open the gate, which takes a unit of its own: for those who ask for ``words`` inside of one."""
        self._gate()

    def month(self, actor: Actor, *, kind: str, period: str) -> ThemePeriod:
        """Return the themes of a month ("2026-05"), worked out now unless that was done over the same documents.

        Raises:
            NotPermitted: the actor may see no themes.
            UsageError: the month or the kind does not exist.
        """
        draft = self.draft(actor, kind=kind, period=period)
        return self._kept(actor, draft)

    def fixed(self, actor: Actor, *, kind: str, count: int, period: str | None = None) -> ThemePeriod:
        """Return exactly ``count`` themes over a month, or over all documents; the keys last from call to call.

        Raises:
            NotPermitted, UsageError: as for ``month``; or there are fewer documents than themes asked for.
        """
        self._policy.authorize(actor, "theme.list")
        found = collect(self._corpus(), self._store, actor, kind=kind)
        if period is not None:
            read_month(period)
            found = found.only([place for place, at in enumerate(found.received) if self._month(at) == period])
        if len(found.ids) < count:
            raise UsageError(
                f"There are {len(found.ids)} documents of the kind {kind}.", next_step="Ask for fewer themes."
            )
        draft = self._new_draft(
            kind, f"count:{count}", period or ALL, found, (period or ALL,), [period or ALL] * len(found.ids)
        )
        if not self._is_known(draft):
            with self._store.read() as session:
                self._fill(
                    draft,
                    *fixed_number(
                        session, found, kind=kind, count=count, period=period or ALL, model_id=draft.model_id
                    ),
                )
            self._name(actor, draft)
        return self._kept(actor, draft)

    def draft(self, actor: Actor, *, kind: str, period: str) -> Draft:
        """Work the themes of a month out without writing; ``keep`` writes them in the unit of the caller.

        Raises:
            NotPermitted, UsageError: as for ``month``.
        """
        self._policy.authorize(actor, "theme.list")
        first = read_month(period)
        months = tuple(f"{first - relativedelta(months=back):%Y-%m}" for back in range(MONTHS_BEFORE, -1, -1))
        found = collect(self._corpus(), self._store, actor, kind=kind)
        month_of = [self._month(at) for at in found.received]
        places = [place for place, month in enumerate(month_of) if month in months]
        window = found.only(places)
        draft = self._new_draft(kind, MONTHLY, period, window, months, [month_of[place] for place in places])
        if period in draft.month_of and not self._is_known(draft):
            self._group(draft)
            self._name(actor, draft)
        return draft

    def everything(self, actor: Actor, *, kind: str) -> ThemePeriod:
        """Return the themes over all documents of a kind, for those that carry no dates.

        Raises:
            NotPermitted, UsageError: as for ``month``.
        """
        self._policy.authorize(actor, "theme.list")
        found = collect(self._corpus(), self._store, actor, kind=kind)
        draft = self._new_draft(kind, MONTHLY, ALL, found, (ALL,), [ALL] * len(found.ids))
        if found.ids and not self._is_known(draft):
            self._group(draft)
            self._name(actor, draft)
        return self._kept(actor, draft)

    def words(self, actor: Actor, found: ThemePeriod, keys: Sequence[str]) -> dict[str, str]:
        """Return theme key -> the words that speak for it in its period, "a, b, c"; "" where the gate finds a name.

        Raises:
            NotPermitted: the actor may not search.
        """
        members = {theme.key: theme.members for theme in found.themes}
        texts = read_texts(self._store, actor, [doc for docs in members.values() for doc in docs], policy=self._policy)
        shown = {key: [texts[doc].show() for doc in docs if doc in texts] for key, docs in members.items()}
        masked = self._masked() | find_names(text for group in shown.values() for text in group)
        terms = key_terms({key: read_bag(group) for key, group in shown.items()}, keys, masked=masked)
        checked = {key: self._gate().check(RawText(", ".join(group))) for key, group in terms.items() if group}
        return {key: verdict.text.show() for key, verdict in checked.items() if verdict.text and not verdict.spans}

    def _masked(self) -> frozenset[str]:
        return frozenset(word.lower() for name in self._names() for word in re.findall(r"[^\W\d_]{3,}", name))

    def latest_month(self, actor: Actor, *, kind: str, before: dt.date) -> str | None:
        """Return the last complete month before a day, or None when no document of the kind carries a date."""
        found = collect(self._corpus(), self._store, actor, kind=kind)
        if not any(found.received):
            return None
        return f"{before.replace(day=1) - relativedelta(months=1):%Y-%m}"

    def keep(self, unit: Unit, actor: Actor, draft: Draft) -> None:
        """Write a draft; one that was kept already changes nothing."""
        name, session = series_key(draft.kind, draft.series), unit.session
        run = session.get(ThemeRun, (name, draft.period))
        if run is not None and run.documents_hash == draft.documents_hash:
            return
        self._keep_themes(unit, draft)
        known = {row.theme_key for row in rows_of(session, draft.kind, draft.series)}
        session.execute(delete(ThemeMonth).where(ThemeMonth.period == draft.period, ThemeMonth.theme_key.in_(known)))
        session.execute(delete(ThemeMember).where(ThemeMember.kind_series == name, ThemeMember.period == draft.period))
        categories: Counter[str] = Counter()
        if draft.window is not None:
            categories = keep_members(unit, draft, name)
        documents = list(draft.month_of).count(draft.period)
        if run is None:
            run = ThemeRun(kind_series=name, period=draft.period)
            session.add(run)
        run.documents_hash, run.documents, run.at = draft.documents_hash, documents, unit.now
        run.documents_before, run.categories = len(draft.month_of) - documents, dict(categories)
        session.flush()
        audit.record(
            unit, actor, "theme.update", resource=f"themes:{name}:{draft.period}", detail={"documents": documents}
        )

    def _kept(self, actor: Actor, draft: Draft) -> ThemePeriod:
        if not self._is_known(draft):
            with self._store.unit() as unit:
                self.keep(unit, actor, draft)
                unit.commit()
        with self._store.read() as session:
            found = list_themes(
                session, actor, kind=draft.kind, period=draft.period, series=draft.series, policy=self._policy
            )
        return found or ThemePeriod(draft.kind, draft.period)

    def _is_known(self, draft: Draft) -> bool:
        with self._store.read() as session:
            run = session.get(ThemeRun, (series_key(draft.kind, draft.series), draft.period))
        return run is not None and run.documents_hash == draft.documents_hash

    def _new_draft(
        self, kind: str, series: str, period: str, window: Collection, months: tuple[str, ...], month_of: Sequence[str]
    ) -> Draft:
        digest = hashlib.sha256("\n".join(window.ids).encode())
        digest.update(window.matrix.tobytes())
        model_id = self._corpus().base_model_id
        return Draft(kind, series, period, digest.hexdigest(), model_id, months, window, month_of)

    def _month(self, at: dt.datetime | None) -> str:
        return f"{at.astimezone(self._zone):%Y-%m}" if at else ""

    def _group(self, draft: Draft) -> None:
        """Group the window: kept, split, new and carved groups, each under its key."""
        import numpy as np

        assert draft.window is not None
        matrix = draft.window.matrix
        known = self._known_centres(draft)
        settings = settings_for(len(matrix))
        centres = np.stack(list(known.values())) if known else np.zeros((0, matrix.shape[1]), dtype=np.float32)
        found = follow(matrix, centres, settings)
        labels = absorb(matrix, found, centres, settings.join)
        names = [*known, *(new_id("thm") for _ in found.parents)]
        parents = {
            names[len(known) + place]: names[parent] for place, parent in enumerate(found.parents) if parent is not None
        }
        if known:
            for group in carve(matrix, labels, is_now(draft)):
                labels[group] = len(names)
                names.append(new_id("thm"))
        for group in find_stories(draft, labels, len(known)):
            labels[group] = len(names)
            names.append(new_id("thm"))
        self._fill(draft, labels, names, parents)
        draft.merges = find_merges(draft, list(known))

    def _fill(self, draft: Draft, labels: Any, names: Sequence[str], parents: Mapping[str, str] | None = None) -> None:
        import numpy as np

        assert draft.window is not None
        matrix = draft.window.matrix
        used = sorted(set(labels[labels >= 0].tolist()))
        centres = centroids(matrix, labels)
        scores = np.zeros(len(matrix), dtype=np.float32)
        inside = labels >= 0
        scores[inside] = (matrix[inside] * centres[labels[inside]]).sum(axis=1)
        draft.keys = [names[label] if label >= 0 else UNASSIGNED for label in labels.tolist()]
        draft.scores = scores
        draft.centres = {names[label]: centres[label] for label in used}
        draft.parents = {child: parent for child, parent in (parents or {}).items() if child in draft.centres}

    def _known_centres(self, draft: Draft) -> dict[str, Any]:
        """Centroids of the registry; those of another text model are made anew from their documents."""
        import numpy as np

        assert draft.window is not None
        found: dict[str, Any] = {}
        with self._store.read() as session:
            place_of = {doc: place for place, doc in enumerate(draft.window.ids)}
            for row in rows_of(session, draft.kind, draft.series):
                if row.model_id == draft.model_id:
                    found[row.theme_key] = np.frombuffer(row.centroid, dtype=np.float32)
                    continue
                query = select(ThemeMember.doc_id).where(ThemeMember.theme_key == row.theme_key)
                places = [place_of[doc] for doc in session.scalars(query) if doc in place_of]
                if places:
                    found[row.theme_key] = centroids(draft.window.matrix[places], np.zeros(len(places), dtype=int))[0]
        return found

    def _name(self, actor: Actor, draft: Draft) -> None:
        """Label the themes that are new."""
        assert draft.window is not None
        with self._store.read() as session:
            old = {row.theme_key for row in rows_of(session, draft.kind, draft.series)}
            taken = {row.label.show() for row in rows_of(session, draft.kind, draft.series)}
        fresh = [key for key in draft.centres if key not in old]
        if not fresh:
            return
        members = members_of(draft)
        texts = read_texts(self._store, actor, draft.window.ids, policy=self._policy)
        draft.labels = name_themes(
            {key: [texts[doc].show() for doc in docs if doc in texts] for key, docs in members.items()},
            fresh,
            gate=self._gate(),
            masked=self._masked(),
            taken=taken,
        )

    def _keep_themes(self, unit: Unit, draft: Draft) -> None:
        import numpy as np

        for key, centre in draft.centres.items():
            row = unit.session.get(Theme, key)
            if row is None:
                if key not in draft.labels:
                    raise EngineError("A theme was changed while it was worked out.", permanent=False)
                row = Theme(
                    theme_key=key,
                    kind=draft.kind,
                    series=draft.series,
                    label=draft.labels[key],
                    split_from=draft.parents.get(key),
                    created_period=draft.period,
                    created_at=unit.now,
                )
                unit.session.add(row)
            row.centroid, row.model_id = np.asarray(centre, dtype=np.float32).tobytes(), draft.model_id
        for key, into in draft.merges.items():
            younger, older = unit.session.get(Theme, key), unit.session.get(Theme, into)
            if younger and older and younger.merged_into is None and older.merged_into is None:
                younger.merged_into = into
        unit.session.flush()


def read_month(period: str) -> dt.date:
    """Return the first day of "YYYY-MM".

    Raises:
        UsageError: it is no month.
    """
    try:
        return dt.datetime.strptime(period, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise UsageError(f"{period!r} is no month.", next_step="Say it as 2026-05.") from None

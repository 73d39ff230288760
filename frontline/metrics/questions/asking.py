"""What is offered where a question cannot be answered as it stands: it names no figure, or wants a share of a count."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from frontline.catalog.loader import Catalog
from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.moments import Frame
from frontline.metrics.questions.parsed import Reading
from frontline.metrics.questions.resolve import MAX_READINGS, Resolver, Unanswerable
from frontline.metrics.questions.restate import restate

_COUNTS = ("contact_volume", "case_volume")


def first_asked(draft: Draft, *, catalog: Catalog, frame: Frame, keys: Sequence[str]) -> tuple[Reading, ...]:
    """Return the question read with each of the figures that people ask for first, at most four."""
    if "topic" in draft.by:  # "the top topics" are those that come most often
        keys = sorted(keys, key=lambda key: key not in _COUNTS)
    return tuple(_readings(draft, catalog, frame, keys))[:MAX_READINGS]


def by_parts(draft: Draft) -> Draft:
    """ "what share of contacts came by chat": the counts of all channels, where one dimension is named and no split."""
    dims = {pick.dim for pick in draft.picks if not pick.choices}
    if draft.by or draft.versus or len(dims) != 1 or len(draft.picks) != 1:
        return draft
    return replace(draft, by=list(dims), picks=[])


def _readings(draft: Draft, catalog: Catalog, frame: Frame, keys: Sequence[str]) -> Iterator[Reading]:
    dims = {*draft.by, *(pick.dim for pick in draft.picks), *([draft.versus] if draft.versus else [])}
    for key in keys:
        if key not in catalog.metrics or not dims <= set(catalog.allowed_dimensions(key)):
            continue
        read = copy.deepcopy(draft)
        read.metrics = [(key,)]
        try:
            found = Resolver(read, catalog=catalog, frame=frame).candidates()
        except Unanswerable:
            continue
        if len(found.queries) == 1:
            yield Reading(found.queries[0], restate(found.queries[0], catalog))

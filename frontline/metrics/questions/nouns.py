"""Which words of a question are the metric, and which only name what is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from frontline.catalog.loader import Catalog
from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.senses import Item, Sort

_JOINTS = (",", "/", "&", "+")
# "within the week": one of them.
_ONE = ("a", "within a", "the", "within the")
_PARTS = ("of", "for", "among", "from")
_ASKS = ("what", "whats", "how", "which", "wat", "hoe", "welke")
_WITHIN = re.compile(r"\b(within|in|inside|binnen)( a| the)?$")
_HOURS = {"hour": 1, "day": 24, "week": 168, "month": 720}
# Metrics of volume have no "rate", "share" or "per case" of their own.
_VOLUMES = frozenset({"case_volume", "contact_volume", "tag_volume", "backlog", "total_cost"})
_ANSWERED = frozenset(
    {"asa", "aht", "acw", "csat", "ces", "nps", "qa_score", "recontact_rate", "fcr_rate", "transfer_rate"}
)


class MetricSlots:
    """Fills ``draft.metrics`` from the metric items: soft words step back beside a hard one unless joined to it."""

    def __init__(self, items: Sequence[Item], draft: Draft, *, catalog: Catalog) -> None:
        self._items = items
        self._draft = draft
        self._catalog = catalog
        self._outranks = catalog.lexicon.outranks if catalog.lexicon else {}
        self._outranked: list[Item] = []

    def read(self) -> set[int]:
        """Fill in the metrics; return the items used up (windows such as "within 7 days")."""
        found = [(at, item) for at, item in enumerate(self._items) if item.sort is Sort.METRIC] or self._plurals()
        hard = [entry for entry in found if not entry[1].sense.is_soft]
        chosen = hard or found
        if hard:
            chosen = [
                entry
                for entry in found
                if entry in hard
                # "csat, as a percentage": how it is measured is no second metric
                or (entry[1].sense_of(Sort.MEASURE) is None and self._is_joined(entry[0], [at for at, _ in hard]))
            ]
        elif any(len(item.sense.keys) == 1 for _, item in self._own(found)):
            found = self._own(found)
            certain = [entry for entry in found if len(entry[1].sense.keys) == 1]
            chosen = [
                entry for entry in found if entry in certain or self._is_joined(entry[0], [at for at, _ in certain])
            ]
            chosen = self._agree(chosen)
        else:
            chosen = self._agree(self._own(found))
        chosen = self._without_outranked(chosen)
        self._doubt_dropped(found, chosen)
        metrics = list(dict.fromkeys(item.sense.keys for _, item in chosen))
        metrics = self._without_weaker(metrics)
        if [item.words for _, item in chosen] == ["waiting"] and metrics == [("asa",)]:
            metrics = self._who_wait()
        self._draft.metrics = metrics
        self._draft.uncoordinated = len(metrics) > 1 and not all(
            self._is_joined(at, [other for other, item in chosen if item.sense.keys != keys])
            for keys in metrics
            for at in [next(at for at, item in chosen if item.sense.keys == keys)]
        )
        return self._windows()

    def _own(self, found: list[tuple[int, Item]]) -> list[tuple[int, Item]]:
        """ "what rating did calls get": what is counted steps back beside a figure of its own."""
        return [entry for entry in found if not entry[1].sense.is_counted] or found

    def _who_wait(self) -> list[tuple[str, ...]]:
        """ "waiting by queue": how many or how long; "waiting in chat now": how many; "waiting last week": how long."""
        whens = [item.sense.when for item in self._items if item.sort is Sort.TIME]
        if not whens:
            return [("contacts_waiting", "asa")]
        is_now = all(when is not None and when.is_now for when in whens)
        return [("contacts_waiting",)] if is_now else [("asa",)]

    def _plurals(self) -> list[tuple[int, Item]]:
        """ "chats last week": the plural of a value counts, where nothing else does."""
        found = []
        for at, item in enumerate(self._items):
            sense = item.sense_of(Sort.METRIC)
            if sense is not None and item.words.split(" ")[0].endswith("s"):
                found.append((at, Item(sense, item.start, item.end, item.words)))
        return found

    def finish(self) -> None:
        """Judge the words that only some metrics bear."""
        draft = self._draft
        keys = {key for options in draft.metrics for key in options}
        if "answered" in draft.wants and not keys & _ANSWERED:
            draft.doubts.append("answered")
        if keys and keys <= _VOLUMES and "share" in draft.wants:
            draft.shared = True
        if keys and keys <= _VOLUMES and self._is_ratio():
            draft.doubts.append("rate")
        is_moved = draft.compare is not None or bool(draft.wants & {"change", "compare", "why", "target"})
        units = {self._catalog.metrics[key].unit for key in keys if key in self._catalog.metrics}
        if units and units <= {"seconds", "money"} and "share" in draft.wants and not is_moved:
            draft.doubts.append("a percentage of that")
        if keys & _VOLUMES and "per_unit" in draft.wants:
            draft.doubts.append("per case or contact")

    def _is_ratio(self) -> bool:
        """ "contact ratio", "ticket rate": of what to what, no metric says."""
        pairs = zip(self._items, self._items[1:], strict=False)
        return any(
            item.sort is Sort.METRIC and after.words in ("ratio", "rate", "ratios", "rates") for item, after in pairs
        )

    def _doubt_dropped(self, found: list[tuple[int, Item]], chosen: list[tuple[int, Item]]) -> None:
        """ "csat of the bot": a word of another metric that cannot be a counted noun is not passed over."""
        keys = {key for _, item in chosen for key in item.sense.keys}
        for entry in found:
            sense = entry[1].sense
            before = next((one for one in reversed(self._items[: entry[0]]) if one.sort is not Sort.FRAMING), None)
            is_out = before is not None and before.is_operation("not") and not sense.is_soft
            if is_out and any(set(other.sense.keys) - set(sense.keys) for _, other in found):
                self._draft.doubts.append(entry[1].words)  # "handle time excluding wrap-up"
            if entry not in chosen and keys == {"churn_rate"} and set(sense.keys) & _VOLUMES:
                self._draft.doubts.append(entry[1].words)  # "calls by customers who churned"
            if (
                entry not in chosen
                and entry[1] not in self._outranked
                and not sense.is_counted
                and not keys & set(sense.keys)
            ):
                self._draft.doubts.append(entry[1].words)

    def _without_outranked(self, chosen: list[tuple[int, Item]]) -> list[tuple[int, Item]]:
        """ "people stuck on hold waiting for an agent" are contacts waiting: what is waited for adds no metric."""
        kept = []
        for at, item in chosen:
            rivals = [other for other in chosen if other[1] is not item and other[1].sense.keys != item.sense.keys]
            stronger = [
                other
                for other, rival in rivals
                if any(set(item.sense.keys) <= set(self._outranks.get(key, ())) for key in rival.sense.keys)
            ]
            if not stronger or self._is_joined(at, stronger) or self._is_told_of(item, at, stronger):
                kept.append((at, item))
            else:
                self._outranked.append(item)
        return kept

    def _is_told_of(self, item: Item, at: int, stronger: list[int]) -> bool:
        """ "resolution time of reopened tickets": the stronger only says of which tickets."""
        if set(item.sense.keys) <= _VOLUMES or self._waits_for(item, at):
            return False
        return all(
            at < other
            and any(
                one.words.split(" ")[-1] in _PARTS and one.sort in (Sort.FRAMING, Sort.METRIC)
                for one in self._items[at:other]
            )
            for other in stronger
        )

    def _waits_for(self, item: Item, at: int) -> bool:
        """ "how long do they wait for a first reply": what is waited for is the figure."""
        behind = [one for one in self._items[at + 1 : at + 3] if not one.is_operation("level")]  # "wait longer for"
        after = behind[0].words if behind else ""
        return item.words.split(" ")[-1] in ("wait", "waits", "waiting", "waited") and after in ("for", "on", "until")

    def _agree(self, found: list[tuple[int, Item]]) -> list[tuple[int, Item]]:
        """Of several vague words keep those that share a metric: "cost of the requests" stays vague."""
        seen: list[tuple[int, Item]] = []
        for entry in found:
            if not seen or self._is_joined(entry[0], [at for at, _ in seen]):
                seen.append(entry)
            elif len(entry[1].sense.keys) < len(seen[0][1].sense.keys) and not self._is_rival(seen[0][1], entry[1]):
                seen = [entry]
        return seen

    def _is_rival(self, first: Item, second: Item) -> bool:
        return not set(first.sense.keys) & set(second.sense.keys)

    def _without_weaker(self, metrics: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Drop an ambiguous naming that a certain one settles ("SLA: sla attainment")."""
        certain = {options[0] for options in metrics if len(options) == 1}
        return [options for options in metrics if len(options) == 1 or not certain & set(options)]

    def _is_joined(self, at: int, others: Sequence[int]) -> bool:
        return any(self._joins(min(at, other), max(at, other)) for other in others)

    def _joins(self, first: int, second: int) -> bool:
        between = self._items[first + 1 : second]
        joints = [
            item
            for item in between
            if item.is_operation("and", "or", "vs", "also") or item.key in _JOINTS or item.words in ("with", "plus")
        ]
        rest = [
            item
            for item in between
            if item not in joints
            and item.sort not in (Sort.FRAMING, Sort.MEASURE, Sort.METRIC)
            and item.sort is not Sort.MARK
        ]
        talk = [item for item in between if item.sort is Sort.FRAMING]
        if any(item.words.split(" ")[0] in _ASKS for item in between):
            return False  # "restricting to English contacts, what was the csat": another clause
        if len(talk) > 2 and all(item.key == "," for item in joints):
            return False  # "some numbers, could you tell me how happy ...": another clause
        return (
            bool(joints)
            and not rest
            and not any(item.words in ("for", "of", "on", "from", "among") for item in between)
        )

    def _windows(self) -> set[int]:
        """ "within 7 days", "the 72 hour window": take the variant with that window, or doubt."""
        used: set[int] = set()
        for at, item in enumerate(self._items[:-1]):
            unit = self._items[at + 1]
            if (item.sort is not Sort.NUMBER and item.words not in _ONE) or unit.sort is not Sort.GRAIN:
                continue
            if unit.sense.number or unit.key not in _HOURS:
                continue
            number = item.sense.number or 1
            said = " ".join(one.words for one in self._items[max(0, at - 3) : at])
            is_window = item.sort is Sort.NUMBER or _WITHIN.search(said) is not None
            if not is_window or (
                item.sort is not Sort.NUMBER and "within" not in said + item.words and "inside" not in said
            ):
                continue
            if self._use_window(number * _HOURS[unit.key]):
                used |= {at, at + 1}
        return used

    def _use_window(self, hours: int) -> bool:
        for number, options in enumerate(self._draft.metrics):
            for key in options:
                metric = self._catalog.metrics[key]
                if metric.window is None:
                    continue
                family = [
                    name
                    for name, other in self._catalog.metrics.items()
                    if other.window is not None
                    and (other.window.hours, other.window.same) == (hours, metric.window.same)
                    and key in (name, other.variant_of)
                ]
                if family:
                    self._draft.metrics[number] = (key if key in family else family[0],)
                else:
                    self._draft.doubts.append(f"a window of {hours} hours")
                return True
        return False

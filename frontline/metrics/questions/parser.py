"""Questions to queries, deterministically: an answer, a question back, or an honest "I did not understand"."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from frontline.catalog.lexicon import Lexicon, load_lexicon
from frontline.catalog.loader import Catalog
from frontline.core.errors import EngineError
from frontline.core.periods import cutting, local_date
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.bearing import LIGHT, Bearing
from frontline.metrics.query import Filter, Kind, MetricQuery
from frontline.metrics.questions.asides import Asides
from frontline.metrics.questions.asking import by_parts, first_asked
from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.followups import follow
from frontline.metrics.questions.heads import Heads
from frontline.metrics.questions.intents import Intents, groups_of, places_of
from frontline.metrics.questions.lightclauses import cores_of, weighty_stories
from frontline.metrics.questions.messages import (
    COMMAND,
    EXTREME,
    OWN,
    PART_OF_DAY,
    PEOPLE,
    PERSON_LEVEL,
    PERSONAL,
    SHARE,
    SMALL_TALK,
    WHY_BETWEEN,
    WITHOUT_IT,
)
from frontline.metrics.questions.moments import Frame
from frontline.metrics.questions.neighbours import levels_of
from frontline.metrics.questions.parsed import Parsed, Reading
from frontline.metrics.questions.persons import VOLUMES, Count, Persons
from frontline.metrics.questions.remarks import Remarks
from frontline.metrics.questions.resolve import MAX_READINGS, Resolver, Unanswerable
from frontline.metrics.questions.restate import restate
from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.slips import mended
from frontline.metrics.questions.slots import SlotReader
from frontline.metrics.questions.spans import read_spans
from frontline.metrics.questions.talk import left_aside, without_talk
from frontline.metrics.questions.timetalk import pass_talk_of_time
from frontline.metrics.questions.told import pass_told
from frontline.metrics.questions.vocabulary import Vocabulary, own_names
from frontline.metrics.questions.words import MAX_TOKENS, Token

log = logging.getLogger(__name__)

# More values than this are not read out in a message.
_FEW = 12
# These are answered as they were read; an owner or examples may be spoken of beside a figure.
_CERTAIN = ("metric", "floor", "standing", "debriefs", "help")
# And these may be a figure with a story around it.
_TALKED_ABOUT = ("metric", "examples", "none")
# Days after which a month or a season without a year is rather the next one of its name.
_JUST_PASSED = 120


class QuestionParser:
    """Parses questions against one catalog: built in a second, parsing in milliseconds, logging nothing."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        agents: Mapping[str, str] | None = None,
        lexicon: Lexicon | None = None,
        bearing: Bearing | None = None,
    ) -> None:
        """``agents`` maps names and handles, as people write them, to the handle the facts hold.

        ``bearing`` judges words that nobody knows; without it each of them keeps a question from being answered.
        """
        self._catalog = catalog
        self._lexicon = lexicon or catalog.lexicon or load_lexicon()
        self._vocabulary = Vocabulary(catalog, self._lexicon, agents=agents or {})
        self._asides = Asides(self._lexicon)
        self._heads = Heads(self._lexicon, company=own_names(catalog))
        self._remarks = Remarks(self._lexicon)
        self._intents = Intents(self._lexicon)
        self._persons = Persons(self._lexicon)
        self._bearing = bearing
        self._titles = {key: metric.title for key, metric in catalog.metrics.items()}

    def parse(self, question: QuestionText, *, now: dt.datetime, previous: MetricQuery | None = None) -> Parsed:
        """Read ``question`` at instant ``now`` (aware); ``previous`` is the last query of the thread.

        Never raises on any text.
        """
        with cutting(self._catalog.calendar.units):
            return self._parse(question, now, previous)

    def _parse(self, question: QuestionText, now: dt.datetime, previous: MetricQuery | None) -> Parsed:
        today = local_date(now, self._catalog.calendar.zone_info)
        raw = self._vocabulary.cut(question.reveal())
        if len(raw) >= MAX_TOKENS:
            return Parsed(
                Outcome.ABSTAINED, "none", message="That is too long for a question. Ask it in one or two sentences."
            )
        tokens = self._vocabulary.mend(raw)
        if not any(not token.is_punct for token in tokens):
            return self._small_talk()
        parsed = self._parse_tokens(question, tokens, today, previous)
        if parsed.outcome is Outcome.DENIED or (parsed.outcome is Outcome.ANSWERED and parsed.intent in _CERTAIN):
            return self._unless_told(parsed, tokens, today)
        core = self._remarks.without(tokens, lambda part: self._items(part, today))
        again = self._parse_tokens(question, core, today, previous) if core else parsed
        if again.outcome is Outcome.ANSWERED and again.query is not None:
            return self._unless_told(again, tokens, today)
        if (lighter := self._without_talk(question, tokens, today, previous, parsed)) is not None:
            return lighter
        return parsed if previous is not None else self._leaned(parsed, tokens, today)

    def _without_talk(
        self,
        question: QuestionText,
        tokens: tuple[Token, ...],
        today: dt.date,
        previous: MetricQuery | None,
        parsed: Parsed,
    ) -> Parsed | None:
        """Read the question without the unknown words, then without the clauses, that bear on no figure.

        None where that does not make one figure of what was ``parsed``.
        """
        if parsed.intent not in _TALKED_ABOUT or (judged := self._judged(tokens)) is None:
            return None
        lighter = tuple(replace(token, is_light=weight < LIGHT) for token, weight in zip(tokens, judged, strict=True))
        if parsed.not_understood:
            again = self._parse_tokens(question, lighter, today, previous)
            if again.outcome is Outcome.ANSWERED and again.query is not None:
                return again
        for core in cores_of(lighter, judged, lambda part: self._items(part, today)):
            again = self._parse_tokens(question, core.tokens, today, previous)
            if again.outcome is Outcome.ANSWERED and again.query is not None:
                return replace(again, left_aside=(*core.aside, *again.left_aside))
        return None

    def _judged(self, tokens: tuple[Token, ...]) -> Sequence[float] | None:
        if self._bearing is None:
            return None
        try:
            return self._bearing.of([token.raw for token in tokens])
        except EngineError as error:
            log.warning("words that nobody knows were not judged: %s", error)
            return None

    def _unless_told(self, parsed: Parsed, tokens: tuple[Token, ...], today: dt.date) -> Parsed:
        """Ask back where a clause that was passed over may say of whom the figure is wanted."""
        if parsed.query is None or parsed.outcome is not Outcome.ANSWERED or self._bearing is None:
            return parsed
        heavy = weighty_stories(tokens, lambda part: self._items(part, today), lambda: self._judged(tokens))
        if not heavy:
            return parsed
        return self._asked_back(parsed, f"I left aside: {', '.join(f'“{said}”' for said in heavy)}. {WITHOUT_IT}")

    def _leaned(self, parsed: Parsed, tokens: tuple[Token, ...], today: dt.date) -> Parsed:
        """Let weak words of another intent decide, where no reading as a figure was found."""
        if (
            parsed.intent not in ("metric", "none")
            or parsed.outcome is Outcome.DENIED
            or (parsed.readings and not parsed.nearest)
        ):
            return parsed
        if parsed.query is not None or (parsed.not_understood and self._names_figure(tokens, today)):
            return parsed
        name = self._intents.lean(tokens, self._items(tokens, today))
        return self._other(name, tokens) if name else parsed

    def _names_figure(self, tokens: tuple[Token, ...], today: dt.date) -> bool:
        """ "transfer rate for p1 incidents in week 23": a figure and when, of something nobody knows."""
        items = self._items(tokens, today)
        return any(item.is_hard for item in items) and any(item.sort is Sort.TIME for item in items)

    def _items(self, tokens: tuple[Token, ...], today: dt.date) -> list[Item]:
        return read_spans(tokens, vocabulary=self._vocabulary, frame=Frame(today, looks_ahead=False))

    def _parse_tokens(
        self, question: QuestionText, tokens: tuple[Token, ...], today: dt.date, previous: MetricQuery | None
    ) -> Parsed:
        frame = Frame(today, looks_ahead=False)
        count, items = self._read(tokens, frame, previous)
        intent = self._intents.route(tokens, items, in_thread=previous is not None)
        if intent.is_personal or self._singles_out(question, intent.name, tokens, items):
            return Parsed(Outcome.DENIED, "metric" if intent.name == "none" else intent.name, message=PERSONAL)
        if intent.name == "floor":
            return Parsed(Outcome.ANSWERED, "floor", place=next(iter(places_of(items)), ""))
        if intent.name == "standing" and groups_of(items)[0][0] != "agent":
            dim, value = groups_of(items)[0]
            return Parsed(Outcome.ANSWERED, "standing", group=(dim, value))
        if intent.name != "metric" and not (intent.name == "none" and count is not Count.NO and _is_known(items)):
            return self._other(intent.name, tokens)
        frame = self._frame(items, today, previous)
        if frame.looks_ahead or frame.splits_ranges:
            count, items = self._read(tokens, frame, previous)
        draft = SlotReader(items, catalog=self._catalog, vocabulary=self._vocabulary).read()
        if count is not Count.NO and {key for keys in draft.metrics for key in keys} <= VOLUMES:
            draft.metrics = draft.metrics or [("contact_volume",)]
            return self._asked_back(self._judge(draft, frame), PEOPLE)
        if draft.never:
            return Parsed(Outcome.ABSTAINED, "metric", message=f"{draft.never} Name another one.")
        if "why" in draft.wants and (draft.versus or (draft.rank and draft.by)):
            return self._asked_back(self._judge(replace(draft, wants=draft.wants - {"why"}), frame), WHY_BETWEEN)
        if draft.shared:
            return self._asked_back(self._judge(by_parts(draft), frame), SHARE)
        parsed = self._patched(draft, previous, frame) or self._judge(draft, frame)
        parsed = replace(parsed, left_aside=left_aside(items))
        if draft.part_of_day:
            return self._asked_back(parsed, PART_OF_DAY)
        if draft.extreme is not None:
            return self._asked_back(parsed, EXTREME.format(unit=draft.extreme.value))
        if self._persons.asks_own(tokens, items) or "agent" in draft.own_dims:
            return self._asked_back(parsed, OWN)
        if draft.own_dims:
            return self._of_own(parsed, draft.own_dims[0])
        return self._asked_back(parsed, PEOPLE) if count is Count.DISTINCT else parsed

    def _read(self, tokens: tuple[Token, ...], frame: Frame, previous: MetricQuery | None) -> tuple[Count, list[Item]]:
        spans = mended(read_spans(tokens, vocabulary=self._vocabulary, frame=frame))
        items = pass_talk_of_time(self._asides.pass_over(pass_told(spans)))
        if previous is not None:
            items = levels_of(items, (*previous.by, *(item.dim for item in previous.filters)), self._catalog)
        doubted = self._heads.doubted(items, tokens)
        return self._persons.count_people(tokens, without_talk(doubted, tokens))

    def _singles_out(self, question: QuestionText, intent: str, tokens: tuple[Token, ...], items: list[Item]) -> bool:
        """Whether a customer is asked about; what colleagues own or promised is no secret of a customer."""
        is_named = intent in ("metric", "examples", "none") and self._persons.names_customer(
            question.reveal(), tokens, items
        )
        return is_named or (intent != "command" and self._persons.numbers_customer(tokens, items))

    def _patched(self, draft: Draft, previous: MetricQuery | None, frame: Frame) -> Parsed | None:
        if previous is None:
            return None
        followed = follow(draft, previous, catalog=self._catalog, frame=frame)
        if followed is None:
            return None
        return self._followed(followed.queries, followed.kept, followed.message, draft)

    def _asked_back(self, parsed: Parsed, message: str) -> Parsed:
        """Offer what was read instead of answering it: it is not quite what was asked."""
        if parsed.outcome is Outcome.CLARIFY:
            return replace(parsed, message=message)
        if parsed.outcome is not Outcome.ANSWERED or parsed.query is None:
            return parsed
        reading = Reading(parsed.query, restate(parsed.query, self._catalog))
        return replace(parsed, outcome=Outcome.CLARIFY, query=None, readings=(reading,), message=message)

    def _of_own(self, parsed: Parsed, dim: str) -> Parsed:
        """ "my team": nobody says which; offer all of them side by side, and each where they are few."""
        asked = self._asked_back(parsed, "")
        values = tuple(self._catalog.values(dim))
        title = self._catalog.dimensions[dim].title.lower()
        message = f"I do not know which {title} is yours."
        message += f" Name it: {', '.join(values)}." if values and len(values) <= _FEW else " Name it in the question."
        if asked.outcome is not Outcome.CLARIFY or not asked.readings:
            return asked if asked.outcome is not Outcome.CLARIFY else replace(asked, message=message)
        query = asked.readings[0].query
        queries = [query]
        if query.kind is not Kind.WHY and dim not in query.by:
            queries = [query.model_copy(update={"by": (*query.by, dim)})]
        if len(values) < MAX_READINGS:
            free = tuple(item for item in query.filters if item.dim != dim)
            queries += [
                query.model_copy(update={"filters": (*free, Filter(dim=dim, values=(value,)))}) for value in values
            ]
        readings = tuple(Reading(one, restate(one, self._catalog)) for one in queries)
        return replace(asked, readings=readings, message=message)

    def _frame(self, items: list[Item], today: dt.date, previous: MetricQuery | None) -> Frame:
        said = {sense.key for item in items for sense in (item.sense, *item.also) if sense.sort is Sort.OPERATION}
        strong = {item.key for item in items if item.sort is Sort.OPERATION}
        return Frame(
            today,
            looks_ahead="forecast" in strong or (previous is not None and _goes_on_ahead(previous, items, today)),
            splits_ranges=bool(said & {"compare", "why", "change"}),
        )

    def _judge(self, draft: Draft, frame: Frame) -> Parsed:
        if draft.unknown:
            return self._abstain(draft, tuple(draft.unknown))
        if not draft.metrics:
            return self._ask_for_metric(draft, frame)
        try:
            found = Resolver(draft, catalog=self._catalog, frame=frame).candidates()
        except Unanswerable as error:
            return self._abstain(draft, error.words, message=error.message)
        readings = tuple(Reading(query, restate(query, self._catalog)) for query in found.queries)
        if found.is_doubtful or not readings:
            message = (
                f"Which one do you mean? ({found.reason[:1].upper()}{found.reason[1:]}.)"
                if found.reason
                else "Which one do you mean?"
            )
            return Parsed(Outcome.CLARIFY, "metric", readings=readings, message=message)
        return self._answer(readings[0].query, "")

    def _followed(self, queries: list[MetricQuery], kept: str, message: str, draft: Draft) -> Parsed:
        if draft.unknown:
            return self._abstain(draft, tuple(draft.unknown))
        if draft.doubts:
            return self._abstain(draft, tuple(draft.doubts))
        if len(queries) == 1 and not message:
            return self._answer(queries[0], kept)
        readings = tuple(Reading(query, restate(query, self._catalog)) for query in queries[:4])
        return Parsed(
            Outcome.CLARIFY, "metric", readings=readings, message=message or "Which one do you mean?", kept=kept
        )

    def _answer(self, query: MetricQuery, kept: str) -> Parsed:
        if "agent" in query.by or any(item.dim == "agent" for item in query.filters):
            return Parsed(Outcome.DENIED, "metric", query=query, message=PERSON_LEVEL, kept=kept)
        return Parsed(Outcome.ANSWERED, "metric", query=query, message=restate(query, self._catalog), kept=kept)

    def _abstain(self, draft: Draft, words: tuple[str, ...], *, message: str = "") -> Parsed:
        nearest = self._nearest(draft, words)
        said = ", ".join(f"“{word}”" for word in words)
        text = message[:1].upper() + message[1:] if message else "I did not understand that"
        if said:
            text += f": {said}"
        names = ", ".join(self._titles[key] for key in nearest)
        return Parsed(
            Outcome.ABSTAINED,
            "metric",
            not_understood=words,
            nearest=nearest,
            message=f"{text}. Nearest metrics: {names}.",
        )

    def _ask_for_metric(self, draft: Draft, frame: Frame) -> Parsed:
        words = tuple(item.words for item in draft.words if item.sort is not Sort.MARK)
        readings = first_asked(draft, catalog=self._catalog, frame=frame, keys=self._lexicon.first_asked)
        offered = [reading.query.metrics[0] for reading in readings] or self._lexicon.first_asked
        nearest = tuple(key for key in offered if key in self._titles) or self._nearest(draft, words)
        names = ", ".join(self._titles[key] for key in nearest)
        return Parsed(
            Outcome.CLARIFY, "metric", readings=readings, nearest=nearest, message=f"Which metric? For example {names}."
        )

    def _nearest(self, draft: Draft, words: tuple[str, ...]) -> tuple[str, ...]:
        """Propose up to three metrics; likeness of letters proposes, it never answers."""
        named = list(dict.fromkeys(key for options in draft.metrics for key in options))
        text = " ".join(words)
        ranked = process.extract(text, self._titles, scorer=fuzz.token_sort_ratio, limit=3)
        return tuple(dict.fromkeys([*named, *(key for _, _, key in ranked)]))[:3]

    def _other(self, intent: str, tokens: tuple[Token, ...]) -> Parsed:
        if intent == "none":
            return self._small_talk()
        if intent == "command":
            return Parsed(Outcome.ABSTAINED, "command", message=COMMAND)
        return Parsed(Outcome.ANSWERED, intent)

    def _small_talk(self) -> Parsed:
        return Parsed(Outcome.ABSTAINED, "none", message=SMALL_TALK)


def _goes_on_ahead(previous: MetricQuery, items: list[Item], today: dt.date) -> bool:
    """ "and for July?" in a thread on a forecast: the one to come, unless it has only just passed."""
    whens = [item.sense.when for item in items if item.sense.when is not None]
    others = [item for item in items if item.sort is Sort.METRIC and item.sense.keys != previous.metrics]
    if previous.kind is not Kind.FORECAST or others:
        return False
    return bool(whens) and all((today - when.end).days > _JUST_PASSED for when in whens)


def _is_known(items: list[Item]) -> bool:
    return not any(item.sort is Sort.UNKNOWN for item in items)

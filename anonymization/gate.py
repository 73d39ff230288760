"""The gate: ``frontline.core.ports.Gate`` over Presidio. It fails closed; raw text never leaves it in any form."""

from __future__ import annotations

import collections
import hashlib
import itertools
import json
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anonymization.blanks import shorten
from anonymization.choices import blank_kept, choose
from anonymization.disguises import Edit
from anonymization.findings import Finding
from anonymization.languages import foreign_parts, is_surely_english, language_of, non_latin_share, words_of
from anonymization.lexicon import load_lexicon
from anonymization.measured import CODES, language_code
from anonymization.normalisation import normalise
from anonymization.placeholders import PlaceholderBook, coarser, hide
from anonymization.policy import Policy, Treatment, load_policies
from anonymization.reasons import OutOfTime, Reason
from anonymization.verification import verify
from anonymization.word_lists import WordLists
from frontline.core.errors import NotFound
from frontline.core.ports import Choice, Known, Span, Verdict
from frontline.core.text import AnonymizedText, Provenance, RawText, seal
from frontline.core.traces import trace_of
from frontline.encoder import default_folder, open_encoder

if TYPE_CHECKING:
    from anonymization.engine import GateEngine
    from frontline.core.ports import WordReader

log = logging.getLogger(__name__)

RULES_VERSION = 7
"""Raised with every change of detectors or lists, so that cached and stored verdicts can tell."""

GRACE_S = 10.0
"""How much longer than the policy allows a worker of a pool may take before it is taken for hung."""

_NEVER = re.compile("[\x00\ud800-\udfff]")
_SUSPECT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ud800-\udfff]")
_ODD = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")


class PresidioGate:
    """Checks texts under named policies. Safe to share between threads; engines are made on first use."""

    def __init__(
        self,
        *,
        policies: Mapping[str, Policy] | None = None,
        ner: str = "rules",
        models: Path | None = None,
        reader: Callable[[], WordReader] | None = None,
        workers: int = 0,
        pool_above: int = 1_000,
        cache_size: int = 20_000,
        lists: Callable[[], WordLists] = WordLists,
    ) -> None:
        """Keep the settings; nothing heavy happens before ``start`` or the first check.

        ``ner`` is FRONTLINE_NER (see ``name_models``). The embedded name head reads with the encoder that ``reader``
        opens, or with one of its own whose export lives in ``models`` (without both: the home's). ``workers`` above 1
        lets ``check_many`` use that many processes once more than ``pool_above`` texts come; each costs seconds and
        some 300 MB to start. ``lists`` gives the stewards' words as they stand; it is asked for each text.
        """
        self._policies = dict(policies) if policies is not None else load_policies()
        self._ner = ner
        self._models = models or default_folder()
        self._reader = reader or self._open_reader
        self._workers = workers
        self._pool_above = pool_above
        self._cache: OrderedDict[bytes, Verdict] = OrderedDict()
        self._cache_size = cache_size
        self._lists = lists
        self._lock = threading.Lock()
        self._engine: GateEngine | None = None

    def start(self) -> None:
        """Load the engine and hold it to its promises.

        Raises:
            PrivacyError: a label that a policy promises is not recognised on its own sample.
            UsageError: FRONTLINE_NER names a model that is not there.
        """
        self._ready()

    def policy(self, name: str) -> Policy:
        """Return the policy called ``name``.

        Raises:
            NotFound: there is none.
        """
        if name not in self._policies:
            raise NotFound(
                f"There is no anonymization policy {name!r}.", next_step=f"Use {' or '.join(sorted(self._policies))}."
            )
        return self._policies[name]

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index", language: str = "") -> Verdict:
        """Judge one text. Any failure inside is a quarantine.

        A verdict may pass and still carry ``language_unmeasured``: such a text is for search inside only.

        Raises:
            NotFound: no such policy.
            PrivacyError: the gate itself cannot keep its promises, so it checks nothing.
        """
        rules = self.policy(policy)
        engine = self._ready()
        if not self._cache_size:
            return self._judge(engine, text.reveal(), known, rules, language)
        # Asked once: a verdict under the lists of a moment later would be kept under the name of these.
        lists = self._lists()
        key = _key(text, known, rules, language, model=f"{engine.version} {lists.version}")
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        verdict = self._judge(engine, text.reveal(), known, rules, language, lists=lists)
        self._keep(key, verdict)
        return verdict

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterator[Verdict]:
        """Judge texts in order, lazily; many of them over a process pool when ``workers`` allow it."""
        self.policy(policy)
        iterator = iter(items)
        if self._workers > 1:
            first = list(itertools.islice(iterator, self._pool_above + 1))
            iterator = itertools.chain(first, iterator)
            if len(first) > self._pool_above:
                yield from self._check_in_pool(iterator, policy)
                return
        for text, known in iterator:
            yield self.check(text, known=known, policy=policy)

    def _check_in_pool(self, items: Iterable[tuple[RawText, Known | None]], policy: str) -> Iterator[Verdict]:
        from anonymization.pool import check_in_pool

        # The lists as they stand now hold for the whole file; every process gets them.
        lists = self._lists()
        # A gate that cannot keep its promises says so here, not once per process.
        model = f"{self._ready().version} {lists.version}"
        rules = self.policy(policy)
        order: collections.deque[Verdict | bytes] = collections.deque()

        def unknown() -> Iterator[tuple[RawText, Known | None]]:
            for text, known in items:
                key = _key(text, known, rules, "", model=model)
                order.append(self._cache.get(key, key))
                if order[-1] is key:
                    yield text, known

        verdicts = check_in_pool(
            unknown(),
            open_checker=partial(open_alone, dict(self._policies), self._ner, self._models, lists),
            policy=policy,
            workers=self._workers,
            seconds=rules.limits.seconds + GRACE_S,
        )
        for verdict in verdicts:
            while isinstance(key := order.popleft(), Verdict):
                yield key
            self._keep(key, verdict)
            yield verdict
        yield from (kept for kept in order if isinstance(kept, Verdict))

    def _keep(self, key: bytes, verdict: Verdict) -> None:
        with self._lock:
            self._cache[key] = verdict
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)

    def recheck(
        self, text: AnonymizedText, *, known: Known | None = None, policy: str = "trainer", language: str = ""
    ) -> Verdict:
        """Judge a text that passed before under ``policy`` as it is today; its placeholders are genuine and stay.

        Spans are offsets of ``text``. Counts add up with those of the first time. ``known``: who became known since.

        Raises:
            NotFound, PrivacyError: as for ``check``.
        """
        rules = self.policy(policy)
        verdict = self._judge(self._ready(), coarser(text.show(), rules), known, rules, language, has_passed=True)
        if verdict.text is None:
            return verdict
        counts = collections.Counter(dict(text.provenance.counts)) + collections.Counter(
            dict(verdict.text.provenance.counts)
        )
        sealed = seal(verdict.text.show(), Provenance(rules.tag, tuple(sorted(counts.items()))))
        return Verdict(sealed, verdict.spans, verdict.reasons)

    def review(
        self,
        text: RawText,
        choices: Sequence[Choice],
        *,
        known: Known | None = None,
        policy: str = "index",
        language: str = "",
    ) -> Verdict:
        """Judge one text in which a steward chose what is masked, kept and dropped.

        What was kept is spared the second look at names; numbers, addresses and known identities are not.

        Raises:
            NotFound, PrivacyError: as for ``check``.
        """
        return self._judge(self._ready(), text.reveal(), known, self.policy(policy), language, choices=choices)

    def _ready(self) -> GateEngine:
        with self._lock:
            if self._engine is None:
                from anonymization.engine import GateEngine

                engine = GateEngine(ner=self._ner, reader=self._reader)
                engine.check_promises(self._policies.values())
                self._engine = engine
            return self._engine

    def _open_reader(self) -> WordReader:
        return open_encoder(self._models)

    def _judge(
        self,
        engine: GateEngine,
        raw: str,
        known: Known | None,
        rules: Policy,
        language: str,
        *,
        has_passed: bool = False,
        choices: Sequence[Choice] = (),
        lists: WordLists | None = None,
    ) -> Verdict:
        started = time.monotonic()
        try:
            if len(raw) > rules.limits.max_characters:
                return Verdict(None, reasons=(Reason.TOO_LONG.value,))
            if _is_binary(raw):
                return Verdict(None, reasons=(Reason.NOT_TEXT.value,))
            deadline = started + rules.limits.seconds
            steered = Steering(lists or self._lists(), choices)
            return _judge(engine, raw, known, rules, language, deadline=deadline, has_passed=has_passed, by=steered)
        except OutOfTime:
            return Verdict(None, reasons=(Reason.TIMED_OUT.value,))
        except Exception as error:  # noqa: BLE001  # the gate's edge: whatever breaks inside, nothing passes
            # Types and places of ours only: what an error says may quote the text.
            log.error("a check of the gate broke: %s", trace_of(error))
            return Verdict(None, reasons=(Reason.GATE_FAILED.value,))


def _key(text: RawText, known: Known | None, rules: Policy, language: str, *, model: str) -> bytes:
    about = json.dumps([rules.tag, RULES_VERSION, model, language, astuple(known) if known else None], default=list)
    return hashlib.blake2b(f"{about}\x00{text.reveal()}".encode("utf-8", "surrogatepass"), digest_size=24).digest()


@dataclass(frozen=True)
class Steering:
    """What people decided about a text beforehand: the lists, and a steward's choices in it."""

    lists: WordLists
    choices: Sequence[Choice] = ()

    def blank(self, output: str, raw: str) -> str:
        """Return ``output`` without what may stand in it by decision."""
        return self.lists.without_allowed(blank_kept(output, raw, self.choices))


def open_alone(policies: dict[str, Policy], ner: str, models: Path, lists: WordLists) -> PresidioGate:
    """Open the gate of one worker process, with the stewards' words of the one that started it."""
    gate = PresidioGate(policies=policies, ner=ner, models=models, cache_size=0, lists=lambda: lists)
    gate.start()
    return gate


def _judge(
    engine: GateEngine,
    raw: str,
    known: Known | None,
    rules: Policy,
    language: str,
    *,
    deadline: float,
    has_passed: bool,
    by: Steering,
) -> Verdict:
    labels = [label for label, treatment in rules.labels.items() if treatment is not Treatment.KEEP]
    normalised, escapes = hide(shorten(normalise(raw)))
    if has_passed:
        # What imitated a placeholder was disarmed the first time: those that are left are ours.
        escapes = []
    findings = engine.analyze(normalised.text, labels=labels, known=known, deadline=deadline)
    findings = by.lists.apply(normalised.text, findings, labels=labels)
    book = PlaceholderBook(rules, known)
    names = book.name_all(normalised.text, findings)
    placed = [(*normalised.to_original(f.start, f.end), f, name) for f, name in zip(findings, names, strict=True)]
    placed = choose(_without_overlap(placed), by.choices)
    spans = tuple(
        Span(start, end, f.label, rules.labels[f.label].value, f.detector, round(f.score, 3))
        for start, end, f, _ in placed
    )
    refused, notes = _language_reasons(_blank(normalised.text, findings), rules, language)
    if refused:
        return Verdict(None, spans, tuple(reason.value for reason in refused))
    edits: list[Edit] = [(start, end, name) for start, end, _, name in placed]
    edits += [
        escape for escape in escapes if not any(start < escape[1] and escape[0] < end for start, end, _, _ in placed)
    ]
    output = engine.replace(raw, edits)
    masked = [raw[start:end] for start, end, f, _ in placed if f.label == "PERSON"]
    left = verify(output, labels=labels, masked_names=masked, known=known, lexicon=load_lexicon())
    if Reason.NAME_LEFT in left and (spared := by.blank(output, raw)) != output:
        again = verify(spared, labels=labels, masked_names=masked, known=None, lexicon=load_lexicon())
        left = [reason for reason in left if reason is not Reason.NAME_LEFT or reason in again]
    if time.monotonic() > deadline:
        left.append(Reason.TIMED_OUT)
    if left:
        return Verdict(None, spans, tuple(reason.value for reason in left))
    counts = tuple(sorted(collections.Counter(span.label for span in spans).items()))
    sealed = seal(output, Provenance(rules.tag, counts))
    return Verdict(sealed, spans, tuple(note.value for note in notes), book.case())


def _is_binary(text: str) -> bool:
    """Whether this was never text: halves of surrogates, zeros, or many control and replacement characters."""
    if _SUSPECT.search(text) is None:
        return False
    odd = len(_ODD.findall(text))
    return odd > 0.02 * len(text) or _NEVER.search(text) is not None


def _blank(text: str, findings: Sequence[Finding]) -> str:
    """Blank what was found: names and addresses are of no language."""
    at, pieces = 0, []
    for finding in findings:
        pieces += [text[at : finding.start], " "]
        at = finding.end
    return "".join([*pieces, text[at:]])


_Placed = tuple[int, int, Finding, str]


def _without_overlap(placed: list[_Placed]) -> list[_Placed]:
    """Merge findings that share characters of the original (one ligature or entity may hold the ends of two)."""
    result: list[_Placed] = []
    for start, end, finding, name in sorted(placed, key=lambda item: (item[0], -item[1])):
        if result and start < result[-1][1]:
            before = result[-1]
            result[-1] = (before[0], max(before[1], end), before[2], before[3])
        else:
            result.append((start, end, finding, name))
    return result


def _language_reasons(text: str, rules: Policy, declared: str) -> tuple[list[Reason], list[Reason]]:
    """Return (reasons to quarantine, notes on a text that passes)."""
    known_languages = (*rules.languages.measured, *rules.languages.searchable)
    if non_latin_share(text) > rules.languages.max_non_latin:
        return [Reason.FOREIGN_SCRIPT], []
    declared = language_code(declared)
    words = words_of(text)
    guessed = language_of(words, load_lexicon())
    language = (
        declared if declared and (guessed in ("", declared) or declared not in rules.languages.measured) else guessed
    )
    # A text is of the language of its part that was measured least.
    spoken = {language}
    if language in rules.languages.measured:
        is_unclear = rules.languages.must_be_recognised and not (
            language == "en" and is_surely_english(text, load_lexicon())
        )
        if is_unclear:
            return [Reason.LANGUAGE_UNKNOWN], []
        spoken |= foreign_parts(text, load_lexicon(), words)
    if spoken <= set(rules.languages.measured):
        return [], []
    if spoken <= set(known_languages):
        return [], [Reason.LANGUAGE_UNMEASURED]
    # A language that the gate does know by name, but may not pass under this policy, is unmeasured rather than unknown.
    is_named = not spoken.isdisjoint(CODES.values())
    return [Reason.LANGUAGE_UNMEASURED if is_named else Reason.LANGUAGE_UNKNOWN], []

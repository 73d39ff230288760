"""Presidio as the frame: one analyzer per process, made on first use, checked against its own promises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from anonymization.account_numbers import AccountNumberDetector, LetteredCitizenNumberDetector
from anonymization.addresses import AddressDetector
from anonymization.case_names import CaseDetector
from anonymization.contacts import EmailDetector, PhoneDetector, UrlDetector, UsernameDetector
from anonymization.eponyms import is_eponym
from anonymization.extents import extend
from anonymization.findings import Finding, resolve
from anonymization.identity_numbers import (
    CardDetector,
    CitizenNumberDetector,
    IbanDetector,
    NetworkAddressDetector,
    OwnedIdDetector,
)
from anonymization.known import KnownDetector
from anonymization.lexicon import load_lexicon
from anonymization.name_models import LIGHT, load_name_model
from anonymization.names import NameDetector
from anonymization.organisations import OrganisationDetector
from anonymization.places import PlaceDetector, PostalCodeDetector
from anonymization.policy import Policy, Treatment
from anonymization.products import is_list, is_product
from anonymization.propagation import propagate
from anonymization.quantities import AgeDetector, AmountDetector, DateDetector
from anonymization.reading import Detector, Reading
from anonymization.samples import SAMPLES, UNLISTED
from anonymization.spelled_names import SpelledNameDetector
from anonymization.things import is_thing
from frontline.core.errors import PrivacyError
from frontline.encoder.torch_turns import without_torch

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

    from frontline.core.ports import Known, WordReader

DEFAULT_REGIONS = ("NL", "US", "GB", "PT", "PL")


def shipped_detectors(regions: Sequence[str] = DEFAULT_REGIONS, *, has_head: bool = False) -> Sequence[Detector]:
    """Return every detector, the explicit list of what the gate looks for beside the trained head."""
    return (
        CardDetector(), IbanDetector(), CitizenNumberDetector(), NetworkAddressDetector(), OwnedIdDetector(),
        AccountNumberDetector(), LetteredCitizenNumberDetector(),
        EmailDetector(), UrlDetector(), UsernameDetector(), PhoneDetector(regions=tuple(regions)),
        DateDetector(), AmountDetector(), AgeDetector(), AddressDetector(), PostalCodeDetector(),
        PlaceDetector(has_countries=has_head),
        NameDetector(guesses=not has_head), SpelledNameDetector(), OrganisationDetector(),
    )  # fmt: skip


class GateEngine:
    """Presidio's ``AnalyzerEngine`` with our recognizers, and its replace operator."""

    def __init__(
        self,
        *,
        ner: str = "rules",
        reader: Callable[[], WordReader] | None = None,
        detectors: Sequence[Detector] | None = None,
    ) -> None:
        """``ner`` is FRONTLINE_NER; ``reader`` opens the encoder for the embedded head, which needs one."""
        with without_torch() if ner in LIGHT else nullcontext():
            from presidio_analyzer import RecognizerRegistry
            from presidio_anonymizer.operators import OperatorsFactory, OperatorType

            from anonymization import recognizers

        # Presidio logs at INFO what it loads and, with the decision process on, the text itself.
        for name in ("presidio-analyzer", "presidio-anonymizer", "decision_process"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self._frame = recognizers
        self._lexicon = load_lexicon()
        model = load_name_model(ner, reader)
        self.version = model.version
        self._head = model.detector
        has_head = model.detector is not None
        found_by = [*(detectors or shipped_detectors(has_head=has_head)), *([model.detector] if model.detector else [])]
        registry = RecognizerRegistry(
            recognizers=[recognizers.DetectorRecognizer(detector) for detector in found_by],
            supported_languages=["en"],
        )
        if model.recognizer is not None:
            registry.add_recognizer(model.recognizer)
        self._analyzer = recognizers.LeanAnalyzerEngine(
            registry=registry,
            nlp_engine=recognizers.OfflineNlpEngine(model=model.spacy_model),
            log_decision_process=False,
            supported_languages=["en"],
            context_aware_enhancer=recognizers.NoContext(),
        )
        operators: Any = OperatorsFactory  # presidio-anonymizer is half typed
        self._replace = operators().create_operator_class("replace", OperatorType.Anonymize)

    def analyze(
        self, text: str, *, labels: Sequence[str], known: Known | None = None, deadline: float = float("inf")
    ) -> list[Finding]:
        """Return the findings of a normalised ``text`` for ``labels``, without overlap, names propagated.

        Raises:
            PrivacyError: ``deadline`` (monotonic seconds) passed.
        """
        reading = Reading(text, self._lexicon)
        token = self._frame.DEADLINE.set(deadline)
        try:
            ad_hoc: list[EntityRecognizer] = [self._frame.DetectorRecognizer(KnownDetector(known))] if known else []
            if known is not None and known.case is not None:
                ad_hoc.append(self._frame.DetectorRecognizer(CaseDetector(known.case)))
            findings = self._analyzer.find(reading, labels, ad_hoc)
            # The same finding may come more than once; it is judged once.
            nobody = {each for each in set(findings) if _is_nobody(reading, each)}
            findings = [each for each in findings if each not in nobody]
        finally:
            self._frame.DEADLINE.reset(token)
        more = [found for found in propagate(reading, findings) if found.label in labels]
        found = resolve([*findings, *more])
        found = resolve(each for each in extend(reading, found) if each.label in labels)
        return [each for each in found if not is_list(reading, each)]

    def replace(self, text: str, edits: Iterable[tuple[int, int, str]]) -> str:
        """Return ``text`` with each (start, end, replacement) applied by presidio's replace operator.

        Its engine around the operator, which chooses operators by label and sorts out overlaps, has nothing to do here.

        Raises:
            ValueError: edits overlap, or one lies outside the text.
        """
        pieces: list[str] = []
        at = 0
        for start, end, new in sorted(edits):
            if not at <= start < end <= len(text):
                raise ValueError("edits must lie in the text, without overlap")
            pieces += [text[at:start], self._replace.operate(text[start:end], {"new_value": new})]
            at = end
        return "".join([*pieces, text[at:]])

    def check_promises(self, policies: Iterable[Policy]) -> None:
        """Recognise every promised label on its own sample, or refuse.

        Raises:
            PrivacyError: the name head cannot be opened or finds nobody, or a policy promises a label that nothing here
                finds. Presidio itself would drop such a label
                with a log line and let the data through.
        """
        self._check_head()
        promised = {label for policy in policies for label, what in policy.labels.items() if what is not Treatment.KEEP}
        supported = set(self._analyzer.get_supported_entities(language="en"))
        broken = sorted(label for label in promised if label not in supported or not self._recognises(label))
        if broken:
            raise PrivacyError(f"the gate cannot keep its promise for {', '.join(broken)}: it stays shut")

    def _check_head(self) -> None:
        """A head that reads and finds nobody would leave all names to the rules without a word."""
        if self._head is not None:
            text, name = UNLISTED
            found = [f for f in self._head.find(Reading(text, self._lexicon)) if f.label == "PERSON"]
            if not any(text[f.start : f.end] == name for f in found):
                raise PrivacyError("the name head does not find its own sample: the gate stays shut")

    def _recognises(self, label: str) -> bool:
        text, value = SAMPLES[label]
        start = text.index(value)
        found = self.analyze(text, labels=[label])
        return any(f.label == label and f.start <= start and f.end >= start + len(value) for f in found)


_GUESSABLE = frozenset(("PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "DATE_TIME"))


def _is_nobody(reading: Reading, found: Finding) -> bool:
    """Whether what was guessed is a thing that is sold, a list of numbers, or a name in words that mean no person."""
    if found.label not in _GUESSABLE or found.detector in ("known", "case"):
        return False
    return any(judge(reading, found) for judge in (is_product, is_list, is_eponym, is_thing))

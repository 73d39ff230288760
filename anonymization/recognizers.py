"""Presidio's side of the frame: our detectors as ``EntityRecognizer``s over a pipeline that needs no download.

Imported lazily by ``engine``: presidio and spacy cost seconds and hundreds of megabytes.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

import spacy
from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer
from spacy.language import Language

from anonymization.lexicon import Lexicon
from anonymization.reading import Detector, Reading
from anonymization.reasons import OutOfTime
from frontline.core.errors import PrivacyError

DEADLINE: ContextVar[float] = ContextVar("gate_deadline", default=float("inf"))
"""Monotonic second after which a check gives up; looked at between recognizers."""

ROLE_KEY = "role"
IDENTITY_KEY = "identity"
DETECTOR_KEY = "detector"
_READING = "frontline_reading"


class OfflineNlpEngine(SpacyNlpEngine):
    """``spacy.blank("en")`` in place of a downloaded model; carries the one ``Reading`` that all detectors share."""

    def __init__(self, lexicon: Lexicon, *, model: str = "") -> None:
        super().__init__(models=[{"lang_code": "en", "model_name": model or "blank"}])
        self._lexicon = lexicon
        self._model = model
        self._pipeline: Language | None = None

    def load(self) -> None:
        """Make the pipeline; a model must be installed already, nothing is downloaded."""
        self._pipeline = spacy.load(self._model) if self._model else spacy.blank("en")
        self.nlp: Any = {"en": self._pipeline}

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return artifacts that carry the ``Reading``."""
        if self._pipeline is None:
            raise PrivacyError("the pipeline was never loaded")
        if self._model:
            artifacts = super().process_text(text, language)
        else:
            # Our detectors bring their own words and context, so tokens and lemmas (a third of the time) are not made.
            empty = self._pipeline.make_doc("")
            artifacts = NlpArtifacts(
                entities=[], tokens=empty, tokens_indices=[], lemmas=[], nlp_engine=self, language=language
            )
        setattr(artifacts, _READING, Reading(text, self._lexicon))
        return artifacts


class NoContext(ContextAwareEnhancer):
    """Leaves scores alone: each detector reads its own context, at a tenth of the lemma enhancer's cost."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(self, text: str, raw_results: list[Any], *rest: Any, **named: Any) -> list[Any]:
        return raw_results


class DetectorRecognizer(LocalRecognizer):
    """One of our detectors in presidio's registry."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        super().__init__(
            supported_entities=list(detector.labels), name=f"frontline_{detector.name}", supported_language="en"
        )

    def load(self) -> None:
        """Nothing to load: the word lists come with the reading."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        if time.monotonic() > DEADLINE.get():
            raise OutOfTime("the check took longer than the policy allows")
        return [
            RecognizerResult(
                finding.label, finding.start, finding.end, finding.score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: f"frontline_{self._detector.name}",
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                    ROLE_KEY: finding.role,
                    IDENTITY_KEY: finding.identity,
                    DETECTOR_KEY: finding.detector,
                },
            )
            for finding in self._detector.find(getattr(nlp_artifacts, _READING))
            if finding.label in entities
        ]  # fmt: skip


class OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's e-mail pattern with the packaged public suffix list; the original fetches it at the first address."""

    def __init__(self) -> None:
        super().__init__(supported_entity="EMAIL", name="presidio_email")
        import tldextract

        self._suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        return bool(self._suffixes(pattern_text).fqdn)

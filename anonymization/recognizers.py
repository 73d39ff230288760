"""Presidio's side of the frame: our detectors as ``EntityRecognizer``s over a pipeline that needs no download.

Imported lazily by ``engine``: presidio and spacy cost seconds and hundreds of megabytes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, LocalRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from spacy.language import Language

from anonymization.findings import Finding
from anonymization.reading import Detector, Reading
from anonymization.reasons import OutOfTime
from frontline.core.errors import PrivacyError

DEADLINE: ContextVar[float] = ContextVar("gate_deadline", default=float("inf"))
"""Monotonic second after which a check gives up; looked at after each recognizer."""

ROLE_KEY = "role"
IDENTITY_KEY = "identity"
DETECTOR_KEY = "detector"
_READING = "frontline_reading"


class OfflineNlpEngine(SpacyNlpEngine):
    """``spacy.blank("en")`` in place of a downloaded model."""

    def __init__(self, *, model: str = "") -> None:
        super().__init__(models=[{"lang_code": "en", "model_name": model or "blank"}])
        self._model = model
        self._pipeline: Language | None = None

    def load(self) -> None:
        """Make the pipeline; a model must be installed already, nothing is downloaded."""
        self._pipeline = spacy.load(self._model) if self._model else spacy.blank("en")
        self.nlp: Any = {"en": self._pipeline}

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return artifacts: of the model's pipeline, or empty ones."""
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

    def findings(self, reading: Reading, wanted: frozenset[str]) -> list[Finding]:
        """Return what the detector finds of the labels ``wanted``.

        Raises:
            OutOfTime: the deadline of the check passed.
        """
        found = [finding for finding in self._detector.find(reading) if finding.label in wanted]
        if time.monotonic() > DEADLINE.get():
            raise OutOfTime("the check took longer than the policy allows")
        return found

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
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
            for finding in self.findings(getattr(nlp_artifacts, _READING), frozenset(entities))
        ]  # fmt: skip


class LeanAnalyzerEngine(AnalyzerEngine):
    """Presidio's engine; what it would do again for every text is done once, and what the gate does itself is left out.

    Which recognizers serve which labels is worked out once; duplicates, overlap and context are the gate's own.
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._serving: dict[tuple[str, ...], list[EntityRecognizer]] = {}

    def find(self, reading: Reading, entities: Sequence[str], ad_hoc: Sequence[EntityRecognizer] = ()) -> list[Finding]:
        """Return the findings for ``entities``, of the ``ad_hoc`` recognizers as well; they may overlap.

        Our detectors give theirs as they are; presidio's pipeline runs and its results are translated only where a
        recognizer of its own is registered.
        """
        wanted = tuple(entities)
        serving = self._serving.get(wanted)
        if serving is None:
            serving = self.registry.get_recognizers(language="en", entities=list(wanted))
            self._serving[wanted] = serving
        labels = frozenset(wanted)
        artifacts: NlpArtifacts | None = None
        found: list[Finding] = []
        for recognizer in (*serving, *ad_hoc):
            if isinstance(recognizer, DetectorRecognizer):
                found += recognizer.findings(reading, labels)
                continue
            artifacts = artifacts or self.nlp_engine.process_text(reading.text, "en")
            results = recognizer.analyze(reading.text, list(wanted), artifacts) or ()
            found += [_finding(result) for result in results if result.entity_type in labels]
        return found


def _finding(result: RecognizerResult) -> Finding:
    metadata: dict[str, Any] = result.recognition_metadata or {}
    recognizer = metadata.get(RecognizerResult.RECOGNIZER_NAME_KEY, "")
    return Finding(result.start, result.end, result.entity_type, float(result.score), recognizer)

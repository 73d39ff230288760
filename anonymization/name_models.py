"""The slot for a trained name recognizer, set by FRONTLINE_NER.

``embedded``            the head that ships with the package, beside the rules: the default
``rules``               the rules alone
``spacy:MODEL``         an installed spaCy pipeline, for those who can download one
``transformers:MODEL``  a token classifier that is already on this machine
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anonymization.name_head.finder import NameHead
from anonymization.reading import Detector
from frontline.core.errors import UsageError
from frontline.encoder.torch_turns import with_torch

if TYPE_CHECKING:
    from frontline.core.ports import WordReader

# Settings that need neither torch nor transformers.
LIGHT = ("embedded", "rules")
_SPACY_LABELS = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "ORG": "ORGANIZATION",
}


@dataclass(frozen=True)
class NameModel:
    """What joins the rules: a ``detector`` of ours, or an ``EntityRecognizer`` of presidio's. ``spacy_model`` replaces
    the blank pipeline."""

    version: str
    spacy_model: str = ""
    detector: Detector | None = None
    recognizer: Any = None


def load_name_model(setting: str, reader: Callable[[], WordReader] | None = None) -> NameModel:
    """Return the model that ``setting`` names. ``reader`` opens the encoder at the first text.

    Raises:
        UsageError: an unknown kind, or a model that is not on this machine; nothing is ever downloaded.
    """
    kind, _, name = setting.partition(":")
    if setting == "embedded":
        if reader is None:
            raise UsageError("The embedded name head needs the encoder.", next_step="Open the gate with a home folder.")
        head = NameHead(reader)
        return NameModel(version=f"head-{head.version()}", detector=head)
    if setting == "rules":
        return NameModel(version="rules-1")
    if kind == "spacy" and name:
        return NameModel(version=setting, spacy_model=name, recognizer=_spacy_recognizer(name))
    if kind == "transformers" and name:
        return NameModel(version=setting, recognizer=_transformers_recognizer(name))
    raise UsageError(
        "The name recognizer in FRONTLINE_NER is not one that Frontline knows.",
        next_step="Use embedded, rules, spacy:MODEL or transformers:MODEL.",
    )


def _spacy_recognizer(name: str) -> Any:
    import spacy
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    if not spacy.util.is_package(name):
        raise UsageError(
            f"The spaCy model {name} is not installed.", next_step="Install it, or set FRONTLINE_NER=embedded."
        )
    return SpacyRecognizer(supported_entities=["PERSON", "LOCATION", "ORGANIZATION"])


def _transformers_recognizer(name: str) -> Any:
    import importlib

    with with_torch():
        module = importlib.import_module("presidio_analyzer.predefined_recognizers.ner.huggingface_ner_recognizer")
        if module.hf_pipeline is None:
            # A gate that does without was opened first in this process.
            module = importlib.reload(module)
    try:
        return module.HuggingFaceNerRecognizer(model_name=name, label_mapping=_SPACY_LABELS)
    except (ImportError, OSError, ValueError) as error:
        raise UsageError(
            f"The token classifier {name} could not be loaded.",
            next_step="Put it on this machine, or set FRONTLINE_NER=embedded.",
        ) from error

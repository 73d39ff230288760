"""How articles are recommended, as data: weights, thresholds, and the id under which a list is logged."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from frontline.catalog.yamlfile import Definition, load_model, load_overlay
from frontline.core.ids import content_hash

DEFAULT_FILE = Path(__file__).parent / "defaults" / "knowledge.yaml"


class Weights(Definition):
    """What each feature of an article adds to its score."""

    text: float = 1.0
    topic: float = 0.0
    product: float = 0.0
    solved: float = 0.0
    tried: float = 0.0


class KnowledgeRules(Definition):
    """The rules of recommending. ``least``: the score beneath which nothing is shown."""

    weights: Weights = Weights()
    dense: float = Field(default=0.7, ge=0, le=1)
    shown: int = Field(default=3, ge=1, le=10)
    logged: int = Field(default=10, ge=1, le=50)
    least: float = 0.3
    gap_cases: int = Field(default=2, ge=1)
    gap_days: int = Field(default=28, ge=1)

    @property
    def policy_id(self) -> str:
        """The id of the policy: another one whenever a figure is another."""
        return f"kb-{content_hash(self.model_dump_json())[:8]}"


def load_knowledge(overlay: Path | None = None) -> KnowledgeRules:
    """Read the shipped rules; ``knowledge.yaml`` of the overlay changes single keys.

    Raises:
        CatalogError: the faults of the files, with file and line.
    """
    shipped, _ = load_model(DEFAULT_FILE, KnowledgeRules)
    theirs = load_overlay(overlay, DEFAULT_FILE.name, KnowledgeRules)
    if theirs is None:
        return shipped
    said = theirs.model_dump(exclude_unset=True)
    weights = {**shipped.weights.model_dump(), **said.get("weights", {})}
    return KnowledgeRules.model_validate({**shipped.model_dump(), **said, "weights": weights})

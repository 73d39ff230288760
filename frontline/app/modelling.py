"""The language model of the house: from the machine's settings, described for doctor and status, switched off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from handlers.assistant.model import Model

SEES = {
    "plan": "questions without names, and the catalog",
    "word": "figures of an answer",
    "investigate": "figures it asks for",
    "cite": "released texts and published debriefs of an answer",
}


def brake_of(house: House) -> Path:
    """Return the file that switches the model off while it exists; every process looks at it before each call."""
    return house.home / "model.off"


def build_model(house: House) -> Model | None:
    """Return the configured model, not imported yet; None where there is none."""
    settings = house.settings
    if not settings.model:
        return None
    from handlers.assistant.model import Model, ModelSettings

    return Model(
        ModelSettings(
            name=settings.model,
            url=settings.model_url,
            key=settings.model_key,
            timeout_s=settings.model_timeout_s,
            calls_per_hour=settings.model_calls_per_hour,
            may=frozenset(settings.model_may),
            brake=brake_of(house),
        )
    )


def describe(model: Model) -> str:
    """Return one line: which model, what it may do, and what it gets to see."""
    if model.is_off:
        return f"{model.name}, switched off (frontline model on)"
    steps = [f"{step} ({SEES[step]})" for step in SEES if step in model.settings.may]
    where = f" at {model.settings.url}" if model.settings.url else ""
    return (
        f"{model.name}{where}: {', '.join(steps) or 'nothing'}; at most {model.settings.calls_per_hour} calls an hour"
    )


def missing(model: Model) -> str:
    """Return the package that has to be installed for it, "" when nothing is missing."""
    from handlers.assistant.model import missing_package

    return missing_package(model.settings)

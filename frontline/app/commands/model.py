"""``frontline model``: which language model is set, and the switch that turns it off at once."""

from __future__ import annotations

from typing import Annotated

import typer

from frontline.app.modelling import brake_of, describe, missing
from frontline.app.terminal import say, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError

STATES = ("status", "off", "on")


def register(app: typer.Typer) -> None:
    """Add ``model``."""
    app.command("model", help="Say which language model is set; off and on switch it at once, also of a running bot.")(
        model
    )


def model(context: typer.Context, state: Annotated[str, typer.Argument(help="status, off or on.")] = "status") -> int:
    """Show or switch; exit 4 when it is already so, or when no model is set."""
    if state not in STATES:
        raise UsageError(f"A model has no state {state!r}.", next_step=f"Say one of {', '.join(STATES)}.")
    house = House(options=context.obj)
    house.permit("status.read" if state == "status" else "model.switch")
    found, brake = house.model, brake_of(house)
    if found is None:
        _tell(house, "none: the rules answer alone", name="")
        return 4
    if state == "status":
        lacks = missing(found)
        _tell(house, describe(found) + (f"; pip install {lacks}" if lacks else ""), name=found.name)
        return 0
    if brake.exists() == (state == "off"):
        _tell(house, f"already {state}", name=found.name)
        return 4
    if state == "off":
        brake.touch()
    else:
        brake.unlink(missing_ok=True)
    _tell(house, f"{found.name} is {state}", name=found.name)
    return 0


def _tell(house: House, said: str, *, name: str) -> None:
    if house.options.json:
        write_json({"model": name, "said": said})
    else:
        say(said)

"""What is set and what is missing, each with the next step: for ``frontline init`` and ``frontline doctor``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontline.app.demo_home import MARK
from frontline.app.setup.plan import overlay_folder
from frontline.catalog.workdays import knows_country
from frontline.core.actor import ActorKind
from frontline.governance import membership, people

if TYPE_CHECKING:
    from frontline.app.wiring import House


@dataclass(frozen=True)
class Check:
    """One line. ``state``: ok | missing (needed before anybody can work with it) | later (worth doing)."""

    name: str
    state: str
    said: str
    next_step: str = ""

    def line(self) -> str:
        """As a person reads it."""
        step = f"  ->  {self.next_step}" if self.next_step else ""
        return f"{self.state:<8} {self.name}: {self.said}{step}"


def collect_checks(house: House) -> list[Check]:
    """Return everything that an owner sets, in the order in which one does it."""
    is_demo = (house.home / MARK).is_file()
    return [
        _organisation(house, is_demo=is_demo),
        *_calendar(house, is_demo=is_demo),
        *_people(house, is_demo=is_demo),
        _channels(house),
        _facts(house),
        *_slack(house, is_demo=is_demo),
        _model(house),
    ]


def what_next(checks: list[Check]) -> str:
    """Return the command to type now."""
    missing = [check for check in checks if check.state == "missing" and check.next_step]
    tokens = [check for check in missing if check.name.startswith("FRONTLINE_SLACK")]
    first = next((check for check in missing if check not in tokens), None)
    if first is not None:
        return first.next_step
    return "frontline doctor, then set the Slack tokens" if tokens else "frontline doctor --slack, then frontline serve"


def _organisation(house: House, *, is_demo: bool) -> Check:
    name = house.catalog.organisation.name or ("Harbor Telecom (demo)" if is_demo else "")
    if name:
        return Check("organisation", "ok", name)
    return Check("organisation", "later", "has no name", "frontline init")


def _calendar(house: House, *, is_demo: bool) -> list[Check]:
    calendar = house.catalog.calendar
    hours = calendar.business_hours
    said = f"{calendar.zone}, {calendar.currency}, {hours.opens:%H:%M}-{hours.closes:%H:%M}"
    if not is_demo and not (overlay_folder(house) / "calendar.yaml").is_file():
        return [Check("calendar", "missing", f"{said} is what is shipped, not yours", "frontline init")]
    if calendar.country and knows_country(calendar.country):
        return [Check("calendar", "ok", f"{said}, holidays of {calendar.country}")]
    step = "name a country in catalog/calendar.yaml"
    return [Check("calendar", "ok", said), Check("holidays", "later", "only weekends count as days of rest", step)]


def _people(house: House, *, is_demo: bool) -> list[Check]:
    with house.store.read() as session:
        everybody = [row for row in people.list_people(session) if row.kind == ActorKind.HUMAN]
        admins = membership.list_admins(session)
    if not everybody:
        return [Check("people", "missing", "nobody", "frontline init, or frontline people add HANDLE admin")]
    counts = Counter(held.role for person in everybody for held in person.roles)
    roles = ", ".join(f"{count} {role}" for role, count in counts.most_common())
    unlinked = [person.handle for person in everybody if not person.bindings]
    rows = [Check("people", "ok", f"{len(everybody)}: {roles}")]
    if admins:
        rows.append(Check("admins", "ok", ", ".join(f"@{person.handle}" for person in admins)))
    else:
        rows.append(Check("admins", "missing", "nobody", "frontline people add HANDLE admin, or set FRONTLINE_ADMINS"))
    if unlinked and not is_demo:
        listed = ", ".join(f"@{handle}" for handle in unlinked[:5]) + (" ..." if len(unlinked) > 5 else "")
        state = "missing" if len(unlinked) == len(everybody) else "later"
        step = f"frontline people link {unlinked[0]} TEAM:USER"
        rows.append(Check("Slack accounts", state, f"{len(unlinked)} people cannot write to me: {listed}", step))
    return rows


def _channels(house: House) -> Check:
    mapped = house.catalog.channels.channels
    said = ", ".join(f"#{name} -> {own}" if own != f"#{name}" else own for name, own in mapped.items())
    return Check("channels", "ok", said)


def _facts(house: House) -> Check:
    generation = house.generations.current()
    if generation is None:
        return Check("facts", "missing", "nothing is loaded", "frontline ingest FILE")
    filled = ", ".join(f"{name} {count:,}" for name, count in house.facts.tables().items() if count)
    return Check("facts", "ok", f"generation {generation.id}: {filled}")


def _slack(house: House, *, is_demo: bool) -> list[Check]:
    settings = house.settings
    has = {
        "FRONTLINE_SLACK_BOT_TOKEN": bool(settings.slack_bot_token.get_secret_value()),
        "FRONTLINE_SLACK_APP_TOKEN": bool(settings.slack_app_token.get_secret_value()),
        "FRONTLINE_SLACK_SIGNING_SECRET": bool(settings.slack_signing_secret.get_secret_value()),
    }
    # Either way of connecting will do: Socket Mode by the app token, HTTP by the signing secret.
    one_way = has["FRONTLINE_SLACK_APP_TOKEN"] or has["FRONTLINE_SLACK_SIGNING_SECRET"]
    steps = {
        "FRONTLINE_SLACK_BOT_TOKEN": "the xoxb- token of your app (docs/operations.md, First hours)",
        "FRONTLINE_SLACK_APP_TOKEN": "the xapp- token, for Socket Mode",
        "FRONTLINE_SLACK_SIGNING_SECRET": "for serve --http",
    }
    rows = []
    for name, is_set in has.items():
        needed = name == "FRONTLINE_SLACK_BOT_TOKEN" or (name == "FRONTLINE_SLACK_APP_TOKEN" and not one_way)
        state = "ok" if is_set else "missing" if needed and not is_demo else "later"
        rows.append(Check(name, state, "set" if is_set else "not set", "" if is_set else steps[name]))
    return rows


def _model(house: House) -> Check:
    """What a model may do here, or that there is none: the rules answer everybody either way."""
    from frontline.app.modelling import describe, missing
    from handlers.assistant.model import lacks_key

    model = house.model
    if model is None:
        return Check("model", "ok", "none: the rules answer alone, and nothing leaves the house")
    if package := missing(model):
        return Check("model", "missing", f"{model.name}: its package is not installed", f"pip install {package}")
    if lacks_key(model.settings):
        return Check("model", "missing", f"{model.name}: no key", "set FRONTLINE_MODEL_KEY or FRONTLINE_MODEL_KEY_FILE")
    return Check("model", "ok", describe(model))

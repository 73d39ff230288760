"""The routine and the buttons of its posts over one real store."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from frontline.analysis.churn import CustomerSigns
from frontline.catalog.loader import Catalog, load_catalog
from frontline.catalog.permissions import PermissionRow, Scope
from frontline.catalog.rules import ChurnRule
from frontline.core.actor import Audience, AudienceKind, Role
from frontline.core.clock import FrozenClock
from frontline.core.reply import Button, Item, Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.governance import people
from frontline.governance.policy import Policy
from frontline.store.intake.safekeeping import IDENTITY
from frontline.store.vault import Vault, VaultEntry
from frontline.store.work import Store
from handlers import outreach
from handlers.desk import Desk
from handlers.dispatch import Doorway
from handlers.registry import Entry, Registry
from jobs.churn import ChurnAlerts
from jobs.runner import JobRunner, RunnerSettings, RunResult
from tests.jobs.zones import AMSTERDAM

KEY = b"o" * 32
CATALOG: Catalog = load_catalog()
WORK_THE_LIST = "outreach.work"


def customer(n: int, **signs: Any) -> CustomerSigns:
    """Return an unhappy customer who may be called; the higher the number, the less they weigh."""
    base = CustomerSigns(
        f"{n:08x}" + "0" * 24, unresolved=2, same_topic=3, topic="router", ces=2.0, tenure_days=800, segment="consumer",
        tier="silver", value=1000.0 - n, consent_contact=True,
    )  # fmt: skip
    return replace(base, **signs)


@dataclass
class Company:
    """A source of signs that tests change from day to day."""

    signs: list[CustomerSigns] = field(default_factory=list)
    asked: list[dt.datetime] = field(default_factory=list)

    def __call__(self, *, seen_at: dt.datetime, rule: ChurnRule) -> Sequence[CustomerSigns]:
        self.asked.append(seen_at)
        return self.signs


class Floor:
    """Runs slots and presses buttons."""

    def __init__(self, store: Store, clock: FrozenClock, company: Any, **rule: Any) -> None:
        churn = CATALOG.rules.churn.model_copy(update={"hold_out": 0.0, **rule})
        self.rules = CATALOG.rules.model_copy(update={"churn": churn})
        definition = next(row for row in CATALOG.routines.routines if row.key == "churn_alerts")
        definition = definition.model_copy(update={"is_on": True})
        self.store, self.clock = store, clock
        self.runner = JobRunner(store, [ChurnAlerts(definition, company, self.rules, KEY)], RunnerSettings(AMSTERDAM))
        self._clicks = 0
        self.vault = Vault(store, KEY)
        self.also_working: list[str] = []
        with store.unit() as unit:
            for handle, role in (
                ("sam", Role.SUPERVISOR),
                ("iris", Role.ANALYST),
                ("anna", Role.AGENT),
                ("tomas", Role.TRAINER),
            ):
                people.add_person(unit, handle, roles=[role])
            unit.commit()

    def know(self, customer_key: str, **fields: str) -> None:
        """Put a customer's identity into the vault, as a load does."""
        with self.store.unit() as unit:
            self.vault.put(unit, VaultEntry(customer_key, IDENTITY, json.dumps(fields).encode()))
            unit.commit()

    def run(self, day: dt.date) -> RunResult:
        """Tick at 08:05 of a local day."""
        self.clock.move_to(dt.datetime.combine(day, dt.time(8, 5), tzinfo=AMSTERDAM))
        [result] = [row for row in self.runner.tick() if row.slot == day.isoformat()]
        return result

    def click(self, handle: str, button: Button) -> Reply:
        """Press a button in #retention, through the doorway."""
        self._clicks += 1
        request = Request(
            f"click-{self._clicks}", RequestKind.ACTION, PersonRef(handle=handle), name=button.action,
            value=button.value, audience=Audience(AudienceKind.CHANNEL, "C1", "retention"),
        )  # fmt: skip
        return self._doorway().dispatch(request)

    def _doorway(self) -> Doorway:
        workers = ["supervisor", "analyst", "leader", "admin", *self.also_working]
        row = PermissionRow.model_validate(
            {"id": "outreach.work", "action": WORK_THE_LIST, "roles": workers, "audiences": ["private", "channel"],
             "scope": Scope.ALL}
        )  # fmt: skip
        known = [known for known in CATALOG.permissions.permissions if known.action != WORK_THE_LIST]
        entries = [
            Entry(RequestKind.ACTION, (name,), WORK_THE_LIST, run, arguments, writes=True)
            for name, run, arguments in (
                ("outreach.start", outreach.start, outreach.ListedArguments),
                ("outreach.later", outreach.later, outreach.ListedArguments),
                ("outreach.wrong", outreach.mark_wrong, outreach.ListedArguments),
                ("outreach.outcome", outreach.record_outcome, outreach.OutcomeArguments),
            )
        ]
        identify = ("outreach.identify",)
        entries.append(
            Entry(
                RequestKind.ACTION,
                identify,
                "outreach.identify",
                outreach.identify,
                outreach.CallArguments,
                writes=True,
            )
        )
        catalog = replace(CATALOG, rules=self.rules)
        nothing = cast(Any, None)
        desk = Desk(
            self.store, Policy([*known, row]), catalog, nothing, nothing, nothing, nothing, Registry(entries),
            themes=nothing, vault=lambda: self.vault,
        )  # fmt: skip
        return Doorway(desk)


def lines(result: RunResult) -> list[Item]:
    """Return the lines of a run's posts, in order."""
    return [part for post in result.posts for part in post.reply.parts if isinstance(part, Item)]


def button(item: Item, label: str) -> Button:
    """Return a line's button."""
    return next(found for found in item.buttons if found.label == label)


__all__ = ["Company", "Floor", "button", "customer", "lines"]

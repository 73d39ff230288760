"""``POST /in/<table>``: what another program pushes is judged, kept with its answer, and loaded minutes later."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from frontline.app.pushed_tags import TAGS, keep_tags
from frontline.core.clock import SystemClock
from frontline.core.errors import UsageError
from frontline.core.ids import new_id
from frontline.store.intake.feeds import pushed
from frontline.store.intake.feeds.declaration import load_pushes
from frontline.store.intake.feeds.pushed import Answer
from frontline.store.intake.feeds.webhook import Receipt, accept
from frontline.store.intake.ingest import Options
from frontline.store.intake.judgement import Judgement, judge
from frontline.store.live import CASES, LIVE_TABLES, QUEUES, take

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.store.work import Unit

# Rows of these tables also say what is open and waiting now.
_LIVE_OF: Mapping[str, str] = {"cases": CASES, "queue_now": QUEUES}
_LIVE_KEYS: Mapping[str, str] = {CASES: "case_id", QUEUES: "queue"}


class Receiver:
    """Answers pushed rows. Nothing is acknowledged that is not on disk; the same request twice has one effect."""

    def __init__(self, house: House) -> None:
        self._house = house
        # One at a time: two copies of a request must not both find that they are new.
        self._guard = threading.Lock()

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table that may be fed."""
        return (*self._house.catalog.records.tables, *LIVE_TABLES, TAGS)

    def receive(self, table: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request.

        Raises:
            Rejected: not signed, too late, too large, no such table, no rows.
            EngineError: it could not be kept; the sender sends it again.
        """
        house = self._house
        secret = house.settings.intake_secret.get_secret_value().encode()
        # The demo's clock may stand elsewhere; a signature is as old as it is.
        receipt = accept(table, body, headers, secret, SystemClock().now(), tables=self.tables)
        with self._guard:
            with house.store.read() as session:
                known = pushed.find_answer(session, receipt)
            if known is not None:
                return known
            if table == TAGS:
                return keep_tags(house, receipt)
            return self._take_live(receipt) if table in LIVE_TABLES else self._keep_rows(receipt)

    def _take_live(self, receipt: Receipt) -> Answer:
        house = self._house
        with house.store.unit() as unit:
            taken = take(unit, receipt.table, receipt.rows, key=house.org_key, zone=self._zone())
            faults = [{"row": row, "code": "V03", "reason": reason} for row, reason in taken.refused]
            accepted = len(receipt.rows) - len(faults)
            answer = _answer(receipt, accepted, faults, when="at once")
            if accepted:
                pushed.keep(unit, house.vault, receipt, answer)
                unit.commit()
        return answer

    def _keep_rows(self, receipt: Receipt) -> Answer:
        house = self._house
        options = push_options(house, receipt.table)
        try:
            with tempfile.TemporaryDirectory(prefix="push-") as folder:
                judged = self._judge(receipt, Path(folder), options)
        except UsageError as refusal:
            return Answer(422, {"error": refusal.message, "next": refusal.next_step})
        bad = {fault.row for fault in judged.faults}
        good = [row for at, row in enumerate(receipt.rows, start=1) if at not in bad]
        faults = [{"row": fault.row, "code": fault.code, "reason": fault.reason} for fault in judged.faults]
        answer = _answer(receipt, len(good), faults, when=f"within {house.settings.intake_every_s} s")
        if not good:
            return answer
        with house.store.unit() as unit:
            pushed.keep(unit, house.vault, receipt, answer, waiting=good)
            self.hand_on(unit, receipt.table, good)
            unit.commit()
        return answer

    def _judge(self, receipt: Receipt, folder: Path, options: Options) -> Judgement:
        house = self._house
        return judge(
            receipt.write(folder),
            home=house.home,
            store=house.store,
            vault=house.vault,
            now=house.clock.now(),
            options=options,
            records=house.catalog.records,
            load_id=new_id("in"),
        )

    def hand_on(self, unit: Unit, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Give accepted rows to the live state as well, in the commit that keeps them."""
        live = _LIVE_OF.get(table)
        if live is None:
            return
        told = [row for row in rows if row.get(_LIVE_KEYS[live])]
        if told:
            take(unit, live, told, key=self._house.org_key, zone=self._zone())

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._house.catalog.calendar.zone)


def push_options(house: House, table: str) -> Options:
    """Return how pushed rows of a table are read: as ``push`` of feeds.yaml says, in the zone of earlier loads."""
    rules = load_pushes(house.catalog_folder).get(table)
    options = rules.options() if rules is not None else Options()
    zone = options.zone or house.facts.meta(f"zone:{table}")
    return Options(preset=options.preset, table=None if options.preset else table, mapping=options.mapping, zone=zone)


def _answer(receipt: Receipt, accepted: int, faults: Sequence[Mapping[str, Any]], *, when: str) -> Answer:
    body: dict[str, Any] = {"table": receipt.table, "accepted": accepted, "quarantined": list(faults)}
    if not accepted:
        return Answer(422, {**body, "error": "No row can be loaded.", "next": "Correct the rows and send them again."})
    return Answer(202, {**body, "key": receipt.key, "loaded": when})

"""``POST /in/<table>``: signed, kept before it is acknowledged, once, and in the facts minutes later."""

import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from frontline.app.feeding import take_pushed
from frontline.app.intake_http import IntakeApp, IntakeServer
from frontline.app.receiving import Receiver
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.actor import Role
from frontline.core.clock import UTC, FrozenClock
from frontline.governance import people
from frontline.store.intake.feeds.webhook import MAX_BODY, sign
from frontline.store.models.feeds import PushedBatch
from frontline.store.models.live import LiveCase
from frontline.store.models.talk import Tag
from tests.releases.conftest import PlayedGate

SECRET = "shared between two machines"  # noqa: S105  # of a test
CASES = [{"case_id": f"c{n}", "opened_at": f"2026-06-17T0{n}:00:00Z", "topic": "billing"} for n in range(1, 4)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(home=tmp_path / "home", intake_secret=SecretStr(SECRET))
    made = House(settings, clock=FrozenClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)))
    made.__dict__["gate"] = PlayedGate()
    yield made
    made.facts.close()
    made.store.close()


@pytest.fixture
def app(house: House) -> IntakeApp:
    return IntakeApp(Receiver(house))


def post(
    app: IntakeApp, table: str, rows: Any, *, key: str = "k1", signature: str = "", age: int = 0, length: str = ""
) -> tuple[int, dict[str, Any]]:
    """Send rows as a help desk would; return (status, answer)."""
    body = rows if isinstance(rows, bytes) else json.dumps({"rows": rows}).encode()
    stamp = int(dt.datetime.now(tz=UTC).timestamp()) - age
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/in/{table}",
        "CONTENT_LENGTH": length or str(len(body)),
        "HTTP_X_FRONTLINE_TIMESTAMP": str(stamp),
        "HTTP_X_FRONTLINE_SIGNATURE": signature or sign(body, stamp, SECRET.encode()),
        "HTTP_IDEMPOTENCY_KEY": key,
        "wsgi.input": io.BytesIO(body),
    }
    content = b"".join(app(environ, lambda status, headers: said.append(status)))
    return int(said[0].split()[0]), json.loads(content)


def rows_of(house: House, sql: str) -> list[tuple[Any, ...]]:
    with house.facts.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def batches(house: House) -> list[PushedBatch]:
    with house.store.read() as session:
        return list(session.scalars(select(PushedBatch).order_by(PushedBatch.seq)))


def test_rows_are_acknowledged_once_kept_and_loaded_at_the_next_turn(house: House, app: IntakeApp) -> None:
    status, answer = post(app, "cases", CASES)
    assert (status, answer["accepted"], answer["quarantined"]) == (202, 3, [])
    kept = batches(house)[0]
    assert kept.state == "waiting"
    assert b"billing" not in (kept.payload or b"")
    [report] = take_pushed(house)
    assert report.total("added") == 3
    assert rows_of(house, "SELECT count(*) FROM cases") == [(3,)]
    assert (batches(house)[0].state, batches(house)[0].payload) == ("loaded", None)
    assert take_pushed(house) == []


def test_many_requests_are_one_generation_per_table(house: House, app: IntakeApp) -> None:
    for n, row in enumerate(CASES):
        assert post(app, "cases", [row], key=f"k{n}")[0] == 202
    post(app, "cases", [CASES[0] | {"topic": "refunds"}], key="later")
    assert len(take_pushed(house)) == 1
    assert house.facts.generation == "000001"
    assert rows_of(house, "SELECT topic FROM cases WHERE case_id = 'c1'") == [("refunds",)]


def test_a_crash_between_load_and_note_changes_nothing(house: House, app: IntakeApp) -> None:
    post(app, "cases", CASES)
    take_pushed(house)
    with house.store.unit() as unit:
        row = unit.session.scalars(select(PushedBatch)).one()
        row.state, row.payload = "waiting", house.vault.seal_payload(json.dumps(CASES).encode())
        unit.commit()
    [report] = take_pushed(house)
    assert report.is_unchanged
    assert rows_of(house, "SELECT count(*) FROM cases") == [(3,)]


def test_the_same_request_twice_gets_the_same_answer_and_one_effect(house: House, app: IntakeApp) -> None:
    first = post(app, "cases", CASES)
    again = post(app, "cases", CASES)
    other = post(app, "cases", [{"case_id": "c9", "opened_at": "2026-06-17T01:00:00Z"}])
    assert first[0] == again[0] == other[0] == 202
    assert again[1] == other[1] == {**first[1], "repeated": True}
    assert len(batches(house)) == 1


def test_bad_rows_are_named_by_row_and_code_and_the_good_ones_kept(house: House, app: IntakeApp) -> None:
    rows = [*CASES, {"case_id": "c4", "opened_at": "never"}, {"opened_at": "2026-06-17T01:00:00Z"}]
    status, answer = post(app, "cases", rows)
    assert (status, answer["accepted"]) == (202, 3)
    assert [(bad["row"], bad["code"]) for bad in answer["quarantined"]] == [(4, "V03"), (5, "V01")]
    take_pushed(house)
    assert rows_of(house, "SELECT count(*) FROM cases") == [(3,)]
    from frontline.app.loading import read_errors

    house.settings.admins = ("ada",)
    assert [row["code"] for row in read_errors(house, None)] == ["V03", "V01"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"case_id": "c4", "opened_at": "never"}], "No row can be loaded"),
        ([{"topic": "billing"}], "lacks the key column"),
        ([{"case_id": "1", "opened_at": "2026-06-17 08:00"}], "in which time zone"),
    ],
)
def test_rows_that_cannot_be_loaded_are_not_remembered(house: House, app: IntakeApp, rows: Any, words: str) -> None:
    status, answer = post(app, "cases", rows)
    assert (status, words in answer["error"]) == (422, True)
    assert batches(house) == []
    assert post(app, "cases", CASES)[0] == 202


REFUSED: Mapping[str, tuple[int, dict[str, Any]]] = {
    "wrong signature": (401, {"signature": "v1=" + "0" * 64}),
    "no signature": (401, {"signature": "x"}),
    "ten minutes old": (401, {"age": 600}),
    "of tomorrow": (401, {"age": -86_400}),
    "10 MB announced": (413, {"length": "10000000"}),
    "no length": (411, {"length": "many"}),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_a_genuine_request_leaves_nothing(house: House, app: IntakeApp, case: Any) -> None:
    status, options = case
    assert post(app, "cases", CASES, **options)[0] == status
    assert batches(house) == []


def test_a_large_body_is_refused_unread(app: IntakeApp) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    said: list[str] = []
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/in/cases", "CONTENT_LENGTH": str(MAX_BODY + 1), "wsgi.input": Unread()}  # fmt: skip # noqa: E501
    app(environ, lambda status, headers: said.append(status))
    assert said[0].startswith("413")


def test_an_unknown_table_is_answered_with_the_list(app: IntakeApp) -> None:
    status, answer = post(app, "nonsense", CASES)
    assert status == 404
    assert "cases" in answer["next"]
    assert "live_queue" in answer["next"]
    assert "tags" in answer["next"]


def test_a_tag_of_a_help_desk_is_a_tag_with_masked_words(house: House, app: IntakeApp) -> None:
    with house.store.unit() as unit:
        people.add_person(unit, "maria", roles=[Role.AGENT], agent_id="a7", team="Aurora")
        unit.commit()
    row = {
        "text": "Zuzanna cannot change the billing mail",
        "label": "billing-mail",
        "case_id": "8123",
        "agent": "maria",
    }
    status, answer = post(app, "tags", [row | {"tag_id": "zd-1"}, {"label": "late-parcel"}, {"case_id": "8124"}])
    assert (status, answer["accepted"]) == (202, 2)
    assert answer["quarantined"] == [{"row": 3, "code": "V01", "reason": "key missing: text or label"}]
    with house.store.read() as session:
        tags = {tag.label: tag for tag in session.scalars(select(Tag))}
    assert tags["billing-mail"].text.show() == "[PERSON_1] cannot change the billing mail"
    assert (tags["billing-mail"].author_agent_id, tags["billing-mail"].case_key) == ("a7", "8123")
    assert tags["late-parcel"].author_key == "system"
    take_pushed(house)
    assert rows_of(house, "SELECT label, agent_id FROM tags_fact ORDER BY 1") == [("billing mail", "a7"), ("late parcel", None)]  # fmt: skip # noqa: E501
    # The macro fires again: the sender's own id makes it the same tag.
    assert post(app, "tags", [row | {"tag_id": "zd-1"}], key="k2")[0] == 202
    with house.store.read() as session:
        assert len(list(session.scalars(select(Tag)))) == 2


def test_open_cases_are_known_at_once_and_loaded_later(house: House, app: IntakeApp) -> None:
    post(app, "cases", [CASES[0] | {"status": "open"}])
    post(app, "live_case", [{"case_id": "c8", "opened_at": "2026-06-17T08:00:00Z", "status": "open"}], key="live")
    with house.store.read() as session:
        assert {case.case_id for case in session.scalars(select(LiveCase))} == {"c1", "c8"}
    assert [report.total("added") for report in take_pushed(house)] == [1]


def test_in_http_mode_it_stands_beside_the_path_of_slack(app: IntakeApp) -> None:
    import urllib.error
    import urllib.request

    from bot.app import FrontlineBot
    from bot.deps import BotDeps, BotSettings
    from bot.http import HttpServer
    from frontline.app.intake_http import PREFIX
    from frontline.core.reply import Reply
    from tests.bot.cast import MemoryInbox

    told = BotSettings(bot_token=SecretStr("xoxb-1"), signing_secret=SecretStr("slack's own"))
    deps = BotDeps(lambda _: Reply("-"), lambda _: {}, MemoryInbox(), FrozenClock(dt.datetime.now(tz=UTC)), told)
    server = HttpServer(FrontlineBot(deps).app, deps, port=0, beside={PREFIX: app})
    server.start()
    try:
        body = json.dumps({"rows": CASES}).encode()
        stamp = int(dt.datetime.now(tz=UTC).timestamp())
        headers = {"X-Frontline-Timestamp": str(stamp), "X-Frontline-Signature": sign(body, stamp, SECRET.encode())}
        address = server.url.removesuffix("/slack/events")
        request = urllib.request.Request(f"{address}/in/cases", data=body, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert answer.status == 202
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(server.url, data=b"{}", timeout=10)  # noqa: S310
    finally:
        server.stop()


def test_the_listener_of_socket_mode_answers_on_a_port_of_its_own(app: IntakeApp) -> None:
    import urllib.error
    import urllib.request

    server = IntakeServer(app, host="127.0.0.1", port=0)
    server.start()
    try:
        body = json.dumps({"rows": CASES}).encode()
        stamp = int(dt.datetime.now(tz=UTC).timestamp())
        headers = {"X-Frontline-Timestamp": str(stamp), "X-Frontline-Signature": sign(body, stamp, SECRET.encode())}
        request = urllib.request.Request(f"{server.url}/in/cases", data=body, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert (answer.status, json.load(answer)["accepted"]) == (202, 3)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{server.url}/", timeout=10)  # noqa: S310
    finally:
        server.stop()

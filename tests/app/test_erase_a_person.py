"""One person leaves every store: what is gone, what counts on, and that nothing brings them back."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from frontline.app.commands.erase import find_customer
from frontline.app.erasing import Eraser
from frontline.app.main import run
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.actor import SYSTEM
from frontline.core.reply import Quote, Reply
from frontline.core.text import Provenance, seal
from frontline.governance import outbox, tags
from frontline.governance.quarantine import KNOWN_KIND
from frontline.store.erasure.scanning import scan_bytes
from frontline.store.facts import Facts
from frontline.store.generations import Generations
from frontline.store.models.corpus import Document
from frontline.store.models.erasure import Erasure
from frontline.store.models.talk import Tag

NOW = ["--now", "2026-06-17T10:40"]
NAME, EMAIL, PHONE, ACCOUNT, NUMBER = (
    "Wilhelmina Vosdonck", "w.vosdonck@post.example", "+31 6 1234 5678", "HT-5550001", "CU-000991",
)  # fmt: skip
PLANTED = (NAME, EMAIL, PHONE, ACCOUNT, NUMBER)
QUOTE = "[CUSTOMER] was charged twice and nobody called back in three weeks"
CUSTOMERS = (
    "customer_id,name,email,phone,account_number,segment,consent_contact,signup_at\n"
    f"{NUMBER},{NAME},{EMAIL},{PHONE},{ACCOUNT},consumer,true,2025-02-01T10:00:00Z\n"
    "CU-000992,Pieter Zonderland,p.zonderland@post.example,+31 6 8765 4321,HT-5550002,smb,true,2025-03-01T10:00:00Z\n"
)
CASES = "case_id,customer_id,opened_at,channel,topic\n" + "".join(
    f"C{number:05d},{NUMBER if number % 3 == 0 else 'CU-000992'},2026-0{1 + number % 5}-15T09:00:00Z,phone,billing\n"
    for number in range(30)
)
DOCUMENTS: list[dict[str, Any]] = [
    {"id": "complaint-C00003", "kind": "complaint", "text": f"I am {NAME}, account {ACCOUNT}: charged twice.",
     "consent": True, "received_at": "2026-04-13", "known": {"name": NAME, "email": EMAIL, "account_id": ACCOUNT}},
    {"id": "by-number", "kind": "complaint", "text": "The router dies every evening around eight.",
     "known": {"customer_id": NUMBER}},
    {"id": "of-another", "kind": "complaint", "text": "The engineer came a week too late.",
     "known": {"customer_id": "CU-000992", "phone": PHONE}},
    {"id": "held-back", "kind": "complaint", "text": f"Вчера звонила {NAME}, {EMAIL}, никто не помог с интернетом",
     "known": {"name": [NAME, "Pieter Zonderland"]}},
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, quick_homes: None) -> Path:
    """A home with two customers, thirty cases, documents, a tag, a quote in a post, and a file that waits."""
    folder = tmp_path_factory.mktemp("erase")
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        _settings(patch, home)
        (folder / "customers.csv").write_text(CUSTOMERS)
        (folder / "cases.csv").write_text(CASES)
        (folder / "documents.jsonl").write_text("".join(json.dumps(row) + "\n" for row in DOCUMENTS))
        # One generation before this one holds them too.
        assert run(["ingest", str(folder / "customers.csv"), "--tz", "Europe/Amsterdam", *NOW]) == 0
        assert run(["ingest", str(folder / "cases.csv"), *NOW]) == 0
        assert run(["corpus", "add", str(folder / "documents.jsonl"), *NOW]) in (0, 1)
        house = House(Settings(home=home, admins=("ada",)))
        with house.store.unit() as unit:
            tags.add_tag(unit, SYSTEM, _sealed("asks to change the invoice again"), label="invoice", case_key="C00006")
            unit.session.get_one(Document, "by-number").text = _sealed(QUOTE)
            outbox.enqueue(unit, "digest:1", "#leadership", Reply("Pain points", parts=[Quote(_sealed(QUOTE))]))
            unit.commit()
        house.store.close()
        waiting = home / "uploads" / "up_1"
        waiting.mkdir(parents=True)
        (waiting / "more.csv").write_text(
            f"case_id,customer_id,note\nC00090,{NUMBER},call {NAME}\nC00091,CU-000992,ok\n"
        )
        rejected = folder / "broken.csv"
        # The first row has no key and is kept for the steward; the others are loaded already.
        head, *lines = CASES.splitlines()
        rejected.write_text("\n".join([head, f",{NUMBER},2026-05-01T09:00:00Z,{EMAIL},billing", *lines]) + "\n")
        run(["ingest", str(rejected), "--table", "cases", *NOW])
    return home


def _settings(patch: pytest.MonkeyPatch, home: Path) -> None:
    for name in ("FRONTLINE_CATALOG", "FRONTLINE_STATE_URL"):
        patch.delenv(name, raising=False)
    patch.setenv("FRONTLINE_ADMINS", "ada")
    patch.setenv("FRONTLINE_HOME", str(home))


def _sealed(text: str) -> Any:
    return seal(text, Provenance("index@1"))


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "home", symlinks=True)
    _settings(monkeypatch, tmp_path / "home")
    return tmp_path / "home"


def said(capsys: pytest.CaptureFixture[str], argv: list[str], code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*argv, "--json", *NOW]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def figures(home: Path) -> list[tuple[Any, ...]]:
    """Cases and customers of each month, as every metric counts them."""
    facts = Facts(Generations(home))
    with facts.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT date_trunc('month', opened_at) AS month, count(*), count(DISTINCT customer_key) FROM cases "
            "GROUP BY 1 ORDER BY 1"
        ).all()
    facts.close()
    return [tuple(row) for row in rows]


def test_a_person_leaves_every_byte_of_the_home_and_the_figures_stay(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not scan_bytes(home, [PHONE, NAME]).is_clean  # the upload that waits
    before = figures(home)
    would = said(capsys, ["erase", EMAIL, "--dry-run"])
    assert not would["done"]
    receipt = said(capsys, ["erase", EMAIL])
    assert receipt["counts"] == would["counts"]
    assert receipt["counts"]["facts"] == {"cases": 10, "customers": 1}
    assert (receipt["documents"], receipt["counts"]["tags"], receipt["counts"]["messages"]) == (2, 1, 1)
    assert (receipt["counts"]["rejected_rows"], receipt["counts"]["held_texts"]) == (1, 1)
    assert receipt["files"] == ["uploads/up_1/more.csv"]
    assert receipt["scan"]["hits"] == {}
    assert scan_bytes(home, [*PLANTED, QUOTE]).is_clean
    assert figures(home) == before
    assert (home / "uploads/up_1/more.csv").read_text().splitlines()[1:] == [
        "C00090,,call [ERASED]",
        "C00091,CU-000992,ok",
    ]
    assert run(["audit", "verify"]) == 0
    capsys.readouterr()
    results = said(capsys, ["corpus", "search", "router dies engineer late charged twice"])["results"]
    assert [row["id"] for row in results] == ["of-another"]
    house = House(Settings(home=home))
    with house.store.read() as session:
        assert session.query(Tag).one().case_key is None
        row = session.query(Erasure).one()
        assert (row.plan, row.tombstone) == (None, None)
    with house.store.unit() as unit:
        # What was known beside the text of somebody else that is held back.
        [known] = house.vault.open_kind(unit, SYSTEM, KNOWN_KIND, purpose="a test").values()
        assert json.loads(known)["names"] == ["Pieter Zonderland"]
    house.store.close()


def test_a_load_ties_words_of_surveys_to_their_agents_and_ends_the_consent_of_who_refuses(
    home: Path, made: Path
) -> None:
    house = House(Settings(home=home))
    with house.store.unit() as unit:
        unit.session.get_one(Document, "by-number").consent = True
        unit.session.get_one(Document, "of-another").consent = True
        unit.commit()
    words = home.parent / "words.jsonl"
    rows = [{"id": f"verbatim-S{number}", "kind": "verbatim", "text": "She was quick and kind."} for number in (1, 2)]
    words.write_text("".join(json.dumps(row) + "\n" for row in rows))
    surveys = home.parent / "surveys.csv"
    head = "survey_id,ts,type,score,scale_max,agent_id,customer_id\n"
    surveys.write_text(f"{head}S1,2026-05-01T09:00:00Z,csat,5,5,AG01,CU-000992\n")
    # The words before the facts of their survey, and after them.
    assert run(["corpus", "add", str(words), *NOW]) == 0
    assert run(["ingest", str(surveys), "--table", "surveys", *NOW]) in (0, 1)
    surveys.write_text(f"{head}S3,2026-05-02T09:00:00Z,csat,1,5,AG02,CU-000992\n")
    assert run(["ingest", str(surveys), "--table", "surveys", *NOW]) in (0, 1)
    words.write_text(json.dumps({**rows[0], "id": "verbatim-S3"}) + "\n")
    assert run(["corpus", "add", str(words), *NOW]) == 0
    with house.store.read() as session:
        about = {row.doc_id: row.agent_id for row in session.query(Document).filter(Document.kind == "verbatim")}
    assert about == {"verbatim-S1": "AG01", "verbatim-S2": None, "verbatim-S3": "AG02"}
    days = [dt.datetime(2026, 5, day, tzinfo=dt.UTC) for day in (14, 16)]
    assert [len(house.facts.customers_since(day)) for day in days] == [2, 0]
    assert house.facts.opened_on(["C00001", "C99999"]) == {"C00001": dt.date(2026, 2, 15)}
    refuses = home.parent / "refuses.csv"
    refuses.write_text(f"customer_id,consent_quote\n{NUMBER},no\nCU-000992,yes\n")
    assert run(["ingest", str(refuses), "--table", "customers", *NOW]) in (0, 1)
    with house.store.read() as session:
        assert not session.get_one(Document, "by-number").consent
        assert session.get_one(Document, "of-another").consent
    house.store.close()


def test_the_second_time_there_is_nothing_to_do_and_a_later_load_brings_nobody_back(
    home: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, ["erase", NUMBER])
    before = figures(home)
    for typed in (NUMBER, EMAIL, ACCOUNT, f"customer:{NUMBER}"):
        assert run(["erase", typed, "--yes", *NOW]) == 4
    source = made.parent
    capsys.readouterr()
    run(["corpus", "add", str(source / "documents.jsonl"), *NOW])
    decisions = {row["id"]: row["decision"] for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert decisions == {
        "complaint-C00003": "refused", "by-number": "refused", "of-another": "skipped", "held-back": "skipped",
    }  # fmt: skip
    again = source / "again"
    again.mkdir(exist_ok=True)
    (again / "customers.csv").write_text(CUSTOMERS.replace("consumer", "enterprise"))
    (again / "cases.csv").write_text(CASES + f"C00099,{NUMBER},2026-06-01T09:00:00Z,phone,billing\n")
    assert run(["ingest", str(again), *NOW]) == 0
    # The row without a key would be kept for the steward: it is theirs, so it is kept nowhere.
    assert run(["ingest", str(source / "broken.csv"), "--table", "cases", *NOW]) == 4
    assert scan_bytes(home, PLANTED).is_clean
    assert run(["erase", NUMBER, "--yes", *NOW]) == 4
    after = figures(home)
    assert after[:-1] == before
    # A contact that came later counts, without a customer.
    assert after[-1][1:] == (1, 0)


def test_an_erasure_that_stops_half_way_is_taken_up(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Killed(BaseException):
        pass

    house = House(Settings(home=home, admins=("ada",)))
    subject = find_customer(house, SYSTEM, ACCOUNT)
    assert subject is not None
    for step in ("planned", "files", "facts", "state", "index"):

        def stop(at: str, last: str = step) -> None:
            if at == last:
                raise Killed

        with pytest.raises(Killed):
            Eraser(house, SYSTEM, at=stop).erase(subject, ACCOUNT)
    house.store.close()
    receipt = said(capsys, ["erase", ACCOUNT])
    assert receipt["resumed"]
    assert receipt["scan"]["hits"] == {}
    assert scan_bytes(home, PLANTED).is_clean
    assert (receipt["documents"], receipt["counts"]["facts"]) == (2, {"cases": 10, "customers": 1})
    assert run(["erase", ACCOUNT, "--yes", *NOW]) == 4


def test_a_stranger_and_a_number_that_several_share_are_told_apart(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["erase", "nobody@post.example", "--yes", *NOW]) == 2
    assert "names no subject" in capsys.readouterr().err
    assert run(["erase", "customer:CU-424242", "--yes", *NOW]) == 4
    assert run(["erase", NUMBER, "--as", "role:agent", "--yes", *NOW]) == 3

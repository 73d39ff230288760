"""A hundred thousand texts with one bad line among them: it is named, the others are in, and progress is seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontline.app import gating
from frontline.app.commands import corpus as command
from frontline.app.main import run
from frontline.app.wiring import House
from frontline.core.ports import Progress
from retrieval.collection import count_documents
from tests.app.test_categorize import WordVectors
from tests.retrieval.conftest import PlayedGate

HEARD: list[Progress] = []


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home whose gate and text model cost nothing: what is looked at is what lies between them."""

    class Shown:
        def __enter__(self) -> Any:
            return HEARD.append

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FRONTLINE_ADMINS", "olga")
    monkeypatch.setattr(House, "encoder", WordVectors())
    monkeypatch.setattr(House, "gate", PlayedGate())
    monkeypatch.setattr(gating, "_rules_of", lambda _house: "played")
    monkeypatch.setattr(command, "show_progress", lambda *_, **__: Shown())
    HEARD.clear()
    yield
    HEARD.clear()


@pytest.mark.parametrize("size", [4_200, pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_one_bad_line_of_many_is_named_and_all_others_can_be_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    lines = [json.dumps({"id": f"c{n}", "kind": "complaint", "text": f"router {n} is slow"}) for n in range(size)]
    bad = size // 2
    lines[bad] = lines[bad][:-9]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    assert run(["corpus", "add", str(path)]) == 1
    printed = capsys.readouterr()
    rows = [json.loads(line) for line in printed.out.splitlines()]
    assert len(rows) == size
    assert rows.pop(bad) == {"id": bad + 1, "error": f"line {bad + 1} is not JSON"}
    assert {row["decision"] for row in rows} == {"released"}
    assert [row["id"] for row in rows] == [f"c{n}" for n in range(size) if n != bad]
    said = f"{size:,} lines: {size - 1:,} released, 1 refused. line {bad + 1} is not JSON"
    assert re.sub(r"\s+", " ", printed.err).strip() == said
    done = [progress.done for progress in HEARD]
    assert done == sorted(done)
    assert (done[-1], HEARD[-1].total) == (size - 1, size - 1)
    assert len(done) > 5

    house = House()
    with house.store.read() as session:
        assert count_documents(session) == {"inside": size - 1}
    assert house.corpus.count() == size - 1
    assert run(["corpus", "add", str(path)]) == 1
    assert f"{size - 1:,} skipped, 1 refused." in re.sub(r"\s+", " ", capsys.readouterr().err)
    house.store.close()

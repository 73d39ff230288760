"""``frontline kb``: articles with what they are for, drafts of scripts; a wrong line costs nothing of the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from frontline.app.main import run
from frontline.store.models.knowledge import Article
from retrieval.corpus import Corpus

SCRIPT = """
- topic: {topic}
  title: {title}
  approved_until: 2099-01-31
  blocks: [{{id: hello, text: {{en: "How can I help you today?"}}}}]
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_homes: None) -> None:
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FRONTLINE_ADMINS", "olga")


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_an_article_is_for_is_known_before_its_words_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"id": "a1", "text": "Credits above one month of the fee.", "audience": ["supervisor"], "version": "2"},
        {"id": "a2", "text": "Restart the router.", "audience": ["wizard"]},
        {"id": "a3", "text": "Roaming abroad.", "state": "gone"},
    ]
    file = tmp_path / "articles.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\nnot json\n")
    known = []

    def look(self: Corpus, actor: Any, given: Any, **more: Any) -> Any:
        with self._store.read() as session:
            known.append([session.get(Article, row["id"]) is not None for row in given])
        return [{"id": row["id"], "decision": "released", "reasons": []} for row in given]

    monkeypatch.setattr(Corpus, "add", look)
    assert run(["kb", "add", str(file)]) == 1
    good, role, state, broken = printed(capsys)
    assert (good["id"], good["decision"]) == ("a1", "released")
    assert "There is no role wizard" in role["error"]
    assert "live, retired" in state["error"]
    assert "error" in broken
    assert known == [[True]]


def test_a_script_that_names_a_person_in_its_title_or_topic_is_no_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scripts.yaml"
    titles = {"leaving": "Leaving us", "titled": "The words of Maria Jansen", "maria jansen": "Leaving us"}
    file.write_text("scripts:" + "".join(SCRIPT.format(topic=topic, title=title) for topic, title in titles.items()))
    assert run(["kb", "scripts", str(file)]) == 1
    good, titled, named = printed(capsys)
    assert good == {"topic": "leaving", "decision": "draft"}
    assert "may not hold a name" in titled["error"]
    assert "may not hold a name" in named["error"]


def test_a_line_that_links_nothing_is_said_and_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "links.jsonl"
    file.write_text('{"id": "c1"}\n')
    assert run(["--json", "kb", "evaluate", str(file)]) == 4
    captured = capsys.readouterr()
    assert "Left out: line 1" in captured.err
    assert json.loads(captured.out)["n"] == 0

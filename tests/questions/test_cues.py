"""Cues of an intent are found by the words that they begin with, and no fewer are found than by trying each."""

from __future__ import annotations

import json
from pathlib import Path

from frontline.catalog.lexicon import load_lexicon
from frontline.metrics.questions.cues import Cue, Cues, Said

HERE = Path(__file__).parent
SETS = ("intents_own.jsonl", "intents_visitors.jsonl", "out_of_scope.jsonl", "personas_q.jsonl")


def test_looking_by_words_finds_what_trying_every_cue_finds() -> None:
    lexicon = load_lexicon()
    texts = [json.loads(line)["text"] for name in SETS for line in (HERE / name).read_text().splitlines()[::3]]
    given = 0
    for lines in (*lexicon.intents.values(), *lexicon.leanings.values()):
        cues, each = Cues(lines, lexicon.classes), [Cue(line, lexicon.classes) for line in lines]
        for said in (Said.of(text.lower().rstrip("?.!")) for text in texts):
            expected = sum(cue.holds(said) for cue in each)
            assert cues.count(said) == expected
            assert cues.hold(said) is bool(expected)
            given += expected > 0
    assert given > 100

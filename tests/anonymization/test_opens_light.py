"""The gate that goes by rules or by the embedded head takes neither torch nor transformers along."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from frontline.core.ports import Reader
from frontline.encoder.torch_turns import HEAVY, with_torch, without_torch

ROOT = Path(__file__).parents[2]
OPEN = """
import sys
from anonymization.gate import PresidioGate
from frontline.core.text import RawText
from frontline.encoder import open_encoder
from pathlib import Path
gate = PresidioGate(ner=sys.argv[1], reader=lambda: open_encoder(Path(sys.argv[2])))
print(gate.check(RawText("I am Maria Jansen, call 06 12345678")).text.show())
print(sorted({"torch", "transformers"} & set(sys.modules)))
import transformers, torch
print(transformers.__name__, torch.__name__)
"""


@pytest.mark.parametrize("ner", ["rules", "embedded"])
def test_a_gate_opens_without_torch_which_can_still_be_had_afterwards(
    ner: str, text_model: Path, encoder: Reader
) -> None:
    encoder.encode(["exported, which takes torch"])
    command = [sys.executable, "-c", OPEN, ner, str(text_model)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603  # our own line
    text, loaded, later = done.stdout.splitlines()
    assert "Jansen" not in text
    assert "12345678" not in text
    assert loaded == "[]"
    assert later == "transformers torch"


def test_who_needs_torch_waits_until_it_is_no_longer_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in HEAVY:
        monkeypatch.delitem(sys.modules, name, raising=False)
    seen: list[bool] = []

    def need() -> None:
        with with_torch():
            seen.append(any(name in sys.modules for name in HEAVY))

    with without_torch():
        with pytest.raises(ImportError):
            __import__("torch")
        waiting = threading.Thread(target=need)
        waiting.start()
        waiting.join(0.2)
        assert seen == []
    waiting.join(10)
    assert seen == [False]

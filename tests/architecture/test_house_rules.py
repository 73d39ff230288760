"""The rules of the house that a linter does not know."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("frontline", "bot", "handlers", "retrieval", "jobs", "anonymization", "prompts")
CEILING = 400
# Files that may be longer, each with its reason. The list only shrinks.
LONGER: dict[str, str] = {}
# Modules that may turn sealed text into characters or vouch for it (see frontline/core/text.py).
SEALERS = ("anonymization/", "frontline/store/", "frontline/core/text.py", "frontline/governance/wire.py")
# The six handlers that may catch everything: doorway, the job runner, delivery, the gate, the assistant's fallbacks.
CATCH_ALL = [
    ("anonymization/gate.py", "_judge"),
    ("frontline/governance/delivery.py", "_deliver"),
    ("handlers/assistant/chain.py", "_plan_by_model"),
    ("handlers/assistant/chain.py", "_word_by_model"),
    ("handlers/dispatch.py", "dispatch"),
    ("jobs/runner.py", "_run"),
]


def sources() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            called = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            if called == name:
                found.append(node)
    return found


def test_every_room_resolves_inside_the_repository() -> None:
    for room in ROOMS:
        module = importlib.import_module(room)
        assert Path(str(module.__file__)).is_relative_to(ROOT)


def test_no_file_grows_beyond_the_ceiling() -> None:
    long = {name: text.count("\n") for name, text in sources() if text.count("\n") > CEILING and name not in LONGER}
    assert not long
    grown_small = [name for name in LONGER if (ROOT / name).read_text().count("\n") <= CEILING]
    assert not grown_small, "take them off the list of exceptions"


def test_only_the_unit_of_work_commits() -> None:
    session_commits = [
        f"{name}:{call.lineno}"
        for name, text in sources()
        for call in calls(ast.parse(text), "commit")
        if "session.commit" in ast.unparse(call) or "connection.commit" in ast.unparse(call)
    ]
    assert [place for place in session_commits if not place.startswith("frontline/store/work.py")] == []


def test_only_the_factory_makes_engines() -> None:
    made = [name for name, text in sources() if calls(ast.parse(text), "create_engine")]
    assert made == ["frontline/store/engines.py"]


def test_only_the_clock_reads_the_time() -> None:
    readers = [
        name
        for name, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"datetime.now", "dt.datetime.now", "datetime.datetime.now", "dt.datetime.utcnow"}
    ]
    assert set(readers) <= {"frontline/core/clock.py"}


def test_text_is_sealed_only_by_the_gate_and_the_store() -> None:
    sealers = {name for name, text in sources() for _ in calls(ast.parse(text), "seal")}
    strangers = {name for name in sealers if not name.startswith(SEALERS)}
    assert strangers == set()


def handlers_of_everything(node: ast.AST, function: str) -> Iterator[str]:
    """The innermost function of each handler that catches everything, tuples of kinds included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            caught = set(re.findall(r"\w+", ast.unparse(child.type))) if child.type else {"Exception"}
            if caught & {"Exception", "BaseException"}:
                yield function
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from handlers_of_everything(child, child.name if is_function else function)


def test_catching_everything_stands_in_the_six_agreed_places() -> None:
    found = [
        (name, function) for name, text in sources() for function in handlers_of_everything(ast.parse(text), "module")
    ]
    assert sorted(found) == CATCH_ALL


@pytest.mark.parametrize(
    "start", ["import bot.app", "from frontline.app.main import build; build('')", "import handlers.entries"]
)
def test_starting_loads_no_heavy_engine(start: str) -> None:
    program = (
        f"import sys; {start};"
        "heavy = {'torch', 'spacy', 'chromadb', 'transformers', 'presidio_analyzer', 'onnxruntime', 'numpy', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"

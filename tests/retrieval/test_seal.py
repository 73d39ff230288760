"""An index whose files are not as they were left is never read: Chroma itself does not notice much of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.seal import NAME, SNAPSHOT
from retrieval.vectors import BrokenIndex, VectorStore

DIM = 8
# Chroma writes the files of its graph from a thousand vectors on.
COUNT = 1_100
GRAPH = ("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")


def _vectors() -> np.ndarray:
    matrix = np.random.default_rng(3).normal(size=(COUNT, DIM)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    VectorStore(folder, dim=DIM).upsert("gen_a", "complaint", [f"c{place}" for place in range(COUNT)], _vectors())
    return folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    # Files keep their times, as of an index that nobody touched.
    return Path(shutil.copytree(sealed, tmp_path / "index"))


def _store(folder: Path) -> VectorStore:
    return VectorStore(folder, dim=DIM)


def _file(folder: Path, name: str) -> Path:
    (path,) = (folder / "gen_a").rglob(name)
    return path


def _harm(path: Path, harm: str) -> None:
    content = path.read_bytes()
    middle = len(content) // 2
    if harm == "gone":
        path.unlink()
    else:
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"cut": content[:middle], "emptied": b"", "one bit": flipped}[harm])


@pytest.mark.parametrize("name", [*GRAPH, "chroma.sqlite3"])
@pytest.mark.parametrize("harm", ["cut", "emptied", "one bit", "gone"])
def test_a_harmed_file_is_noticed_by_every_reader_and_writer(folder: Path, name: str, harm: str) -> None:
    _harm(_file(folder, name), harm)
    store = _store(folder)
    with pytest.raises(BrokenIndex, match="frontline corpus rebuild"):
        store.read_all("gen_a")
    with pytest.raises(BrokenIndex, match=f"{name} is not as it was left"):
        store.query("gen_a", _vectors()[0], count=3)
    with pytest.raises(BrokenIndex):
        store.upsert("gen_a", "complaint", ["c0"], _vectors()[:1])
    with pytest.raises(BrokenIndex):
        store.remove("gen_a", "complaint", ["c0"])


def test_what_is_untouched_is_read_and_written_any_number_of_times(folder: Path) -> None:
    store = _store(folder)
    for _ in range(2):
        store.upsert("gen_a", "complaint", ["new"], _vectors()[:1])
        store.remove("gen_a", "complaint", ["c1"])
        whole, _parts = store.read_all("gen_a")
        assert len(whole.ids) == COUNT
        (folder / "gen_a" / SNAPSHOT).unlink()
    assert whole.matrix[whole.ids.index("c7")].tolist() == pytest.approx(_vectors()[7].tolist())


def test_a_copy_with_other_times_is_the_same_index(folder: Path) -> None:
    for path in (folder / "gen_a").rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert len(_store(folder).read_all("gen_a")[0].ids) == COUNT


def test_an_index_of_a_version_without_seals_is_read_and_sealed(folder: Path) -> None:
    (folder / "gen_a" / NAME).unlink()
    assert len(_store(folder).read_all("gen_a")[0].ids) == COUNT
    _harm(_file(folder, "length.bin"), "cut")
    with pytest.raises(BrokenIndex, match="length.bin"):
        _store(folder).read_all("gen_a")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"is_lifted": false}', '{"is_lifted": false, "files": {"a": 1}}'])
def test_a_damaged_seal_says_so(folder: Path, content: str) -> None:
    (folder / "gen_a" / NAME).write_text(content, encoding="utf-8")
    with pytest.raises(BrokenIndex, match="seal.json is damaged"):
        _store(folder).read_all("gen_a")


def test_a_process_that_is_killed_while_it_writes_leaves_an_index_that_opens(folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from retrieval.vectors import VectorStore;"
        f"store = VectorStore(Path(sys.argv[1]), dim={DIM});"
        "held = store._open('gen_a', is_changed=True); shelf = held.__enter__();"
        f"shelf.get('complaint').upsert(ids=['late'], embeddings=[[1.0] + [0.0] * {DIM - 1}]);"
        "os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 9
    assert json.loads((folder / "gen_a" / NAME).read_text())["is_lifted"]
    whole, _parts = _store(folder).read_all("gen_a")
    assert len(whole.ids) in (COUNT, COUNT + 1)
    assert not json.loads((folder / "gen_a" / NAME).read_text())["is_lifted"]


def test_a_write_that_was_cut_off_while_the_graph_was_written_counts_as_broken(folder: Path) -> None:
    path = folder / "gen_a" / NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), "is_lifted": True}), encoding="utf-8")
    assert len(_store(folder).read_all("gen_a")[0].ids) == COUNT
    path.write_text(json.dumps({**json.loads(path.read_text()), "is_lifted": True}), encoding="utf-8")
    _harm(_file(folder, "data_level0.bin"), "one bit")
    with pytest.raises(BrokenIndex, match="a write was cut off"):
        _store(folder).read_all("gen_a")

"""A new process starts from a copy of the vectors, and never from one that is not what Chroma holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.seal import SNAPSHOT as NAME
from retrieval.vectors import BrokenIndex, VectorStore

DIM = 8
VECTORS = np.eye(4, DIM, dtype=np.float32)
PARTS = {"d1": np.eye(2, DIM, dtype=np.float32)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    store = VectorStore(folder, dim=DIM)
    store.upsert("gen_a", "complaint", ["c1", "c2", "č3"], VECTORS[:3])
    store.upsert("gen_a", "debrief", ["d1"], VECTORS[3:], parts=PARTS)
    store.read_all("gen_a")
    return folder


@pytest.fixture
def read_once(written: Path, tmp_path: Path) -> VectorStore:
    """An index that was read, and its snapshot; a copy that keeps the times of its files."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    return VectorStore(tmp_path, dim=DIM)


def test_a_process_after_the_first_reader_gets_the_same_without_chromadb(
    read_once: VectorStore, tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from retrieval.vectors import VectorStore;"
        f"whole, parts = VectorStore(Path(sys.argv[1]), dim={DIM}).read_all('gen_a');"
        "print('chromadb' in sys.modules, ascii(whole.ids), parts.ids, whole.matrix.tobytes().hex(),"
        " parts.matrix.tobytes().hex(), sep='|')"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root
    )
    (tmp_path / "gen_a" / NAME).unlink()
    whole, parts = read_once.read_all("gen_a")
    expected = [ascii(whole.ids), str(parts.ids), whole.matrix.tobytes().hex(), parts.matrix.tobytes().hex()]
    assert done.stdout.strip().split("|") == ["False", *expected]
    assert sorted(whole.ids) == ["c1", "c2", "d1", "č3"]
    assert parts.ids == ("d1", "d1")


def test_what_is_written_or_taken_out_afterwards_is_seen_and_what_went_lies_in_no_copy(
    read_once: VectorStore, tmp_path: Path
) -> None:
    VectorStore(tmp_path, dim=DIM).upsert("gen_a", "complaint", ["cgone", "c1"], VECTORS[2:])
    whole, _ = read_once.read_all("gen_a")
    assert sorted(whole.ids) == ["c1", "c2", "cgone", "d1", "č3"]
    assert whole.matrix[whole.ids.index("c1")].tolist() == VECTORS[3].tolist()
    VectorStore(tmp_path, dim=DIM).remove("gen_a", "complaint", ["cgone"])
    assert not (tmp_path / "gen_a" / NAME).exists()
    assert "cgone" not in read_once.read_all("gen_a")[0].ids
    assert b"cgone" not in (tmp_path / "gen_a" / NAME).read_bytes()


@pytest.mark.parametrize("harm", ["cut", "empty", "one bit"])
def test_a_damaged_copy_is_not_used(read_once: VectorStore, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "gen_a" / NAME
    content = path.read_bytes()
    flipped = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    path.write_bytes({"cut": content[:-16], "empty": b"", "one bit": flipped}[harm])
    whole, parts = read_once.read_all("gen_a")
    assert whole.matrix[whole.ids.index("d1")].tolist() == VECTORS[3].tolist()
    assert sorted(parts.matrix.tolist()) == sorted(PARTS["d1"].tolist())
    assert path.read_bytes() != content  # made anew, of Chroma's files as they are after that


def test_a_copy_of_vectors_of_another_width_is_not_used(read_once: VectorStore, tmp_path: Path) -> None:
    with pytest.raises(BrokenIndex):
        VectorStore(tmp_path, dim=DIM // 2).read_all("gen_a")


def test_a_chroma_that_broke_after_the_copy_was_made_is_noticed(read_once: VectorStore, tmp_path: Path) -> None:
    (tmp_path / "gen_a" / "chroma.sqlite3").write_bytes(b"this is no database" * 500)
    with pytest.raises(BrokenIndex):
        read_once.read_all("gen_a")


def test_a_disk_without_room_for_the_copy_stops_no_search(
    read_once: VectorStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gen_a" / NAME).unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert len(read_once.read_all("gen_a")[0].ids) == 4
    assert [path.name for path in (tmp_path / "gen_a").iterdir() if NAME in path.name] == []

"""What a person is recognised by: short names, packed files, and what stays because it may be anybody's."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pytest

from frontline.store.erasure.cells import naming_tests
from frontline.store.erasure.files import erase_files
from frontline.store.erasure.scanning import scan_bytes
from frontline.store.erasure.traces import Traces

WU = Traces("a" * 32, "erased-1", values=("Li Wu", "Mark", "991", "l.wu@post.example", "Wu, Li"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Li Wu called, then LI\nWU again.", "[ERASED] called, then [ERASED] again."),
        ("Wu, Li (l.wu@post.example)", "[ERASED] ([ERASED])"),
        # One word alone stands in texts about others, and so do letters inside other words.
        ("Mark Wu asked Li about 991", "Mark Wu asked Li about 991"),
        ("Juli Wunder, Li Wuthering, ali wu, li wu", "Juli Wunder, Li Wuthering, ali wu, li wu"),
    ],
)
def test_a_short_name_goes_as_whole_words_and_as_names_are_written(text: str, left: str) -> None:
    assert WU.without(text) == left
    assert WU.is_in(text) == (text != left)


def test_names_of_one_word_and_numbers_are_no_trace_by_themselves() -> None:
    assert Traces("a" * 32, "t", values=("Mark", "991", "Jan", "A 1", "")).pattern is None
    assert WU.short_names == ("Li Wu", "Wu, Li")


def test_databases_find_the_same_as_texts(tmp_path: Path) -> None:
    cells = ["Li Wu called", "call LI WU", "Juli Wunder", "Wu, Li", "Ali Wuth", "li wu", "L.WU@post.example", "Mark"]
    with duckdb.connect(":memory:") as con:
        tests = " OR ".join(naming_tests("cell", WU))
        rows = con.execute(f"SELECT cell FROM (SELECT unnest(?) AS cell) WHERE {tests}", [cells]).fetchall()
    assert [row[0] for row in rows] == [cell for cell in cells if WU.is_in(cell)]
    waiting = tmp_path / "uploads" / "more.csv"
    waiting.parent.mkdir()
    waiting.write_text("case_id,note\nC1,call Li Wu\nC2,call Juli Wunder\n")
    assert erase_files(tmp_path, WU) == ["uploads/more.csv"]
    assert waiting.read_text() == "case_id,note\nC1,call [ERASED]\nC2,call Juli Wunder\n"


def test_the_scan_reads_packed_files_and_arrays_of_text(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "names.npz", who=np.array(["Juli Wunder", "Li Wu", "Wilhelmina Vos"]))
    np.savez_compressed(tmp_path / "numbers.npz", who=np.arange(3))
    (tmp_path / "old.csv.gz").write_bytes(gzip.compress(b"name\nWILHELMINA Vos\n"))
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/strings.xml", "<t>Li Wu</t>")
    (tmp_path / "others.txt").write_text("Juli Wunder, Li Wuthering")
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 this is no archive")
    assert b"Wilhelmina" not in (tmp_path / "names.npz").read_bytes()
    scan = scan_bytes(tmp_path, ["Wilhelmina Vos"], ["Li Wu"])
    assert scan.hits == {"names.npz": 2, "old.csv.gz": 1, "book.xlsx": 1}
    assert (scan.unread, scan.files) == (["broken.npz"], 6)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packed_file_that_is_damaged_is_named_and_the_scan_goes_on(tmp_path: Path, method: int) -> None:
    book = tmp_path / "book.zip"
    with zipfile.ZipFile(book, "w", method) as packed:
        packed.writestr("names.txt", "".join(f"name {number}\n" for number in range(2_000)))
    whole = bytearray(book.read_bytes())
    whole[60:400] = b"\xff" * 340
    book.write_bytes(whole)
    (tmp_path / "plain.txt").write_text("Li Wu")
    scan = scan_bytes(tmp_path, [], ["Li Wu"])
    assert (scan.unread, scan.hits) == (["book.zip"], {"plain.txt": 1})


def test_the_scan_finds_what_lies_across_two_blocks(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * ((1 << 20) - 3) + b" Li Wu " + b"." * 100)
    assert scan_bytes(tmp_path, [], ["Li Wu"]).hits == {"long": 1}

"""Small pieces of DuckDB SQL: quoting, keyed hashes, and how a text becomes a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# What exports write for "nothing". Compared in lower case.
NOTHING = ("", "n/a", "na", "null", "none", "nan", "nil", "-", "--", "?", "#n/a")
_TRUE = ("true", "t", "yes", "y", "1", "1.0", "ja", "on")
_FALSE = ("false", "f", "no", "n", "0", "0.0", "nee", "off")
# What people type to get past a field (V13).
JUNK = ("test", "testing", "test test", "dummy", "asdf", "qwerty", "xxx", "xxxx", "tbd", ".", "..", "...", "0000")
# Customer numbers that mean "we do not know who".
NOBODY = ("test", "unknown", "anonymous", "guest")
_SPAN = 64  # block size of SHA-256 in bytes, for HMAC (RFC 2104)


def name(column: str) -> str:
    """Quote an identifier."""
    return '"' + column.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Quote a text."""
    return "'" + value.replace("'", "''") + "'"


def listing(values: Iterable[str]) -> str:
    """Return a parenthesised list of texts."""
    return "(" + ", ".join(literal(value) for value in values) + ")"


def install_key(con: Any, key: bytes) -> None:
    """Put the two HMAC pads of ``key`` into the scratch database; the key itself never stands in SQL text."""
    padded = key.ljust(_SPAN, b"\0")
    con.execute("CREATE OR REPLACE TEMP TABLE pads (inner_pad BLOB, outer_pad BLOB)")
    con.execute(
        "INSERT INTO pads VALUES (?, ?)", [bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)]
    )
    con.execute("CREATE OR REPLACE TEMP MACRO inner_pad() AS (SELECT inner_pad FROM pads)")
    con.execute("CREATE OR REPLACE TEMP MACRO outer_pad() AS (SELECT outer_pad FROM pads)")


def keyed_hash(kind: str, text: str, *, length: int = 32) -> str:
    """Return the SQL of ``frontline.core.ids.keyed_hash`` over the expression ``text``; NULL stays NULL."""
    message = f"encode({literal(kind + '|')} || {text})"
    return f"substr(sha256(outer_pad() || unhex(sha256(inner_pad() || {message}))), 1, {length})"


def cleaned(column: str, *, nulls: Iterable[str] = ()) -> str:
    """Return a trimmed text; what exports write for "nothing" becomes NULL."""
    words = [*NOTHING, *(word.lower() for word in nulls)]
    return f"CASE WHEN lower(trim({column})) IN {listing(words)} THEN NULL ELSE trim({column}) END"


def folded(text: str) -> str:
    """Return a dimension value: lower case, single spaces, no underscores."""
    return rf"lower(trim(regexp_replace(replace({text}, '_', ' '), '\s+', ' ', 'g')))"


def replaced(text: str, synonyms: Mapping[str, str]) -> str:
    """Return ``text`` with every synonym replaced by its canonical word."""
    if not synonyms:
        return text
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(value)}" for word, value in synonyms.items())
    return f"CASE {text} {cases} ELSE {text} END"


def flag(text: str) -> str:
    """Return a boolean, or NULL when the word means neither."""
    return (
        f"CASE WHEN lower({text}) IN {listing(_TRUE)} THEN true WHEN lower({text}) IN {listing(_FALSE)} THEN false END"
    )


def number(text: str) -> str:
    """Return a finite double, or NULL."""
    return f"CASE WHEN isfinite(try_cast({text} AS DOUBLE)) THEN try_cast({text} AS DOUBLE) END"


def somebody(text: str) -> str:
    """Return a customer number, or NULL for the numbers that stand for nobody (0, 0000, test)."""
    return f"CASE WHEN regexp_full_match({text}, '0+') OR lower({text}) IN {listing(NOBODY)} THEN NULL ELSE {text} END"


def full_match(text: str, pattern: str) -> str:
    """Return the SQL test that all of ``text`` is of ``pattern``."""
    return f"regexp_full_match({text}, {literal(pattern)})"

"""How personal data is replaced inside a cell (V12): whole values, in SQL, the same value always by the same handle."""

from __future__ import annotations

from dataclasses import dataclass

from frontline.store.intake import sql

MASKED = "masked"
LONGEST_WORD = 80  # characters; a topic is a word or a few, what is longer was written by somebody
_PATTERN = (
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"  # e-mail
    r"|(\+|\b00)\d[\d ()./-]{7,}\d"  # international phone
    r"|\b0\d{1,4}[ /-]?\d{2,4}[ -]?\d{3,6}\b"  # national phone
    r"|\b(\d[ -]?){13,18}\d\b"  # card
    r"|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"  # IBAN
)
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"


@dataclass(frozen=True)
class Mask:
    """How the cells of one field are masked. ``pseudonym``: ids stay apart and joinable as handles."""

    is_whole: bool = False
    pseudonym: str = ""

    def applied(self, cell: str) -> str:
        """Return the SQL of the cell with personal data replaced."""
        if self.pseudonym:
            other = f"{sql.literal(self.pseudonym + '-')} || {sql.keyed_hash(self.pseudonym, cell, length=8)}"
        else:
            other = sql.literal(MASKED)
        return f"CASE WHEN {self.test(cell)} THEN {other} ELSE {cell} END"

    def test(self, cell: str) -> str:
        """Return the SQL test that the cell is masked."""
        if self.is_whole:
            return f"{cell} IS NOT NULL"
        if self.pseudonym:
            return f"(contains({cell}, '@') AND regexp_matches({cell}, {sql.literal(_EMAIL)}))"
        return f"(length({cell}) > {LONGEST_WORD} OR regexp_matches({cell}, {sql.literal(_PATTERN)}))"

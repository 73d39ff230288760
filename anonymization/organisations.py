"""Organisations that point at a person: an employer, a firm with a legal form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.anchors import Anchored
from anonymization.findings import Finding
from anonymization.lexicon import word_set
from anonymization.reading import Reading

_CAP = r"[A-ZÀ-Þ][\w'’&.\-]{0,40}"
_LEGAL = Anchored(
    re.compile(
        rf"(?<!\w){_CAP}(?:[ ,]{{1,2}}(?:{_CAP}|&|and|und|en|e|of|de|van)){{0,5}}?[ ,]{{1,2}}"
        r"(?:Inc|LLC|Ltd|Limited|PLC|Plc|Corp|Corporation|GmbH|AG|KG|B\.?V|N\.?V|V\.?O\.?F|S\.?A|"
        r"SARL|SAS|Lda|Ltda|S\.?p\.?A|S\.?r\.?l|Sp\.\s?z\s?o\.?\s?o|Oy|AB|A/S|"
        r"ApS|Pty|LLP|Co|& Sons|& Co|Holdings)\b\.?"
    ),
    needs=word_set(
        """
        inc llc ltd limited plc corp corporation gmbh ag kg bv nv vof sa sarl sas lda ltda spa srl sp oy ab aps pty llp
        co holdings
        """
    ),
    holds=("b.v", "n.v", "v.o", "vo.f", "s.a", "s.p", "s.r", "sr.l", "a/s", "& sons"),
)
_EMPLOYER = Anchored(
    re.compile(
        r"\b(?:i\s+work|works?|working|worked|employed|job|employee|employer\s+is|"
        r"my\s+employer|my\s+company|my\s+business|i\s+own|"
        r"ceo|founder|owner|werk(?:zaam)?|trabalho|pracuję)\s*,?\s+(?:for|at|by|with|bij|voor|na|em|w|of)?\s*(?:the\s+)?"
        rf"(?P<n>{_CAP}(?:\s(?:{_CAP}|&|of|and)){{0,5}})",
    ),
    words=word_set(
        "i work works working worked employed job employee employer my ceo founder owner werk werkzaam trabalho pracuję"
    ),
)


@dataclass(frozen=True)
class OrganisationDetector:
    """Firms by legal form and employers by cue. Known brands stay: they are what a complaint is about."""

    name: str = "organisation"
    labels: Sequence[str] = ("ORGANIZATION",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _LEGAL.find(reading):
            yield Finding(*found.span(), "ORGANIZATION", 0.6, self.name)
        for found in _EMPLOYER.find(reading):
            words = found["n"].split()
            if len(words[0]) > 1 and not all(reading.lexicon.is_common(word.rstrip(".")) for word in words):
                end = found.end("n") - (len(found["n"]) - len(found["n"].rstrip(" .&")))
                yield Finding(found.start("n"), end, "ORGANIZATION", 0.5, self.name)

"""Where the names of files stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anonymization.anchors import match_at, places_of

_END = re.compile(
    r"\.(?:pdf|docx?|jpe?g|png|xlsx?|txt|csv|zip|eml|msg|heic|mp4|mov|html?|odt|pptx?|gif|tiff?|webp|rtf|avi|gz|json|xml|wav|"
    r"mp3|m4a|log|key|pem|bak|ics|vcf|pages)(?!\w)"
)
_LONGEST = 80


def stems(lowered: str) -> Iterable[tuple[int, int]]:
    """Yield where the part before the ending of each file name in a text in lower case begins and ends."""
    points = [at for at in places_of(lowered, ".") if lowered[at + 1 : at + 2].isalnum()]
    for found in match_at(_END, lowered, points):
        start = stop = found.start()
        while start > max(0, stop - _LONGEST) and (lowered[start - 1].isalnum() or lowered[start - 1] in "_-"):
            start -= 1
        if start < stop and lowered[start - 1 : start] not in ("@", "/", "."):
            yield start, stop

"""Long runs of blanks, shortened in the copy that is searched.

An expression that may step over blanks in several places tries every way to share a run between them: "I work" and a
thousand blanks after it took a minute. People leave no more than a few between what belongs together.
"""

from __future__ import annotations

import re

from anonymization.normalisation import NormalisedText

LONGEST = 10
"""Blanks that are left of a run; so many keep apart whatever a longer run does."""
_KEPT = LONGEST // 2
_RUN = re.compile(rf"\s{{{LONGEST + 1},}}")


def shorten(copy: NormalisedText) -> NormalisedText:
    """Return ``copy`` with the middle of each long run of blanks left out; its first and last ones stay."""
    return copy.rewrite((run.start() + _KEPT, run.end() - _KEPT, "") for run in _RUN.finditer(copy.text))

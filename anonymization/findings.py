"""What detectors find, and how overlapping findings become one list of spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LABELS = (
    "CREDIT_CARD", "IBAN", "SSN", "EMAIL", "IP_ADDRESS", "PHONE_NUMBER", "ADDRESS", "PERSON", "ID", "USERNAME", "URL",
    "AMOUNT", "DATE_TIME", "AGE", "ZIP_CODE", "ORGANIZATION", "LOCATION",
)  # fmt: skip
"""Every label of the interface, the one that wins a tie of length first."""

_RANK = {label: rank for rank, label in enumerate(LABELS)}


class Finding(NamedTuple):
    """A stretch of the normalised text, half-open.

    ``role`` says who a person is (customer, agent or ""), ``identity`` which entry of the case's ``Known``.
    ``is_known``: something that the case's own record knows lies in it, whoever won.
    """

    start: int
    end: int
    label: str
    score: float
    detector: str
    role: str = ""
    identity: str = ""
    is_known: bool = False


def resolve(findings: Iterable[Finding]) -> list[Finding]:
    """Return the union of ``findings`` without overlap: the longest label wins and swallows what it touches.

    No character that any finding covered is given up: where two overlap in part, the winner grows over both.
    """
    ordered = sorted(findings, key=lambda f: (f.start, -f.end))
    groups: list[list[Finding]] = []
    reach = -1
    for finding in ordered:
        if finding.end <= finding.start:
            continue
        if groups and finding.start < reach:
            groups[-1].append(finding)
            reach = max(reach, finding.end)
        else:
            groups.append([finding])
            reach = finding.end
    return [_merge(group) for group in groups]


def _merge(group: Sequence[Finding]) -> Finding:
    if len(group) == 1 and (group[0].is_known or group[0].detector != "known"):
        return group[0]
    # Of equals the case's own record knows best what a number is.
    if len(group) > 1:
        best = min(group, key=lambda f: (f.start - f.end, f.detector != "known", _RANK[f.label], -f.score))
    else:
        best = group[0]
    same = [best, *(f for f in group if f.label == best.label)]
    identity, role = next(((f.identity, f.role) for f in same if f.identity), ("", ""))
    role = role or next((f.role for f in same if f.role), "")
    return Finding(
        min(f.start for f in group),
        max(f.end for f in group),
        best.label,
        best.score,
        best.detector,
        role,
        identity,
        any(f.is_known or f.detector == "known" for f in group),
    )

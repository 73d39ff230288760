"""Addresses of the network whose four numbers something else than points keeps apart."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Set

from anonymization.disguises import Edit
from anonymization.lexicon import word_set

_NUMBER = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_POINT = (
    r"\s?[(\[{<]\s?(?:point|dot|\.|punkt|punto)\s?[)\]}>]\s?|\s(?:point|dot)\s|-(?:point|dot)-"
    r"|[\u00b7\u2022\u2219\u22c5\u30fb\u25cf\u25aa]"
)
_SIGN = r"\s?[|,;:/~*_=\\+\-\u2013]\s?|\s?[^\w\s\x00-\x7f\u2013]{1,2}\s?"
_FOUR = re.compile(
    rf"(?<![\w.,:/|\-])(?P<a>{_NUMBER})(?P<s>{_POINT}|{_SIGN})(?P<b>{_NUMBER})(?P=s)(?P<c>{_NUMBER})(?P=s)(?P<d>{_NUMBER})"
    r"(?![\w%]|[,:/|\-]\d|\.\d)"
)
_ROW = re.compile(r"\d(?!\d)(?:\s?[^\w\s.]{1,2}\s?\d{1,3}\s?[^\w\s.]|_\d{1,3}_\d|\s?[^\w\s][.][^\w\s])")
_BY_BLANKS = re.compile(
    rf"(?<!\w)(?:ip|ips|ipv4|host|gateway|subnet)(?:\s(?:address|number|no))?[\s:=]{{1,3}}(?:is\s|was\s)?"
    rf"(?P<a>{_NUMBER}) (?P<b>{_NUMBER}) (?P<c>{_NUMBER}) (?P<d>{_NUMBER})(?![\w%]|[.,]\d| \d)"
)
_OF_POINTS = re.compile(_POINT)
_NETWORK = word_set(
    """
    ip ips ipv allowlist whitelist blocklist vpn subnet gateway dns host hosts server login logins logon lan wan ping
    firewall access accessed session sessions traceroute proxy router network device devices logged signed connected
    connection traffic address addresses attacker intruder
    """
)
_NAMED = word_set("ip ips ipv4 host gateway subnet")
_NEAR = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(_NETWORK))})(?![^\W_])")
_REACH = 70
_FEWEST = 4
_LAST_DAY = 31
_LARGEST_OF_OTHERS = 99
"""Four numbers no larger than these are days, scores or steps as often as an address."""


def dotted_addresses(lowered: str, words: Set[str], digits: int) -> Iterable[Edit]:
    """Yield edits, without overlap, that put points between the numbers of a text in lower case.

    Where no point of any kind stands for the point ("91|217|64|38", "192,0,2,61"), a word of the network has to be
    near: such are lists, scores and dates elsewhere.
    """
    if digits < _FEWEST:
        return
    is_network = not words.isdisjoint(_NETWORK)
    for found in _BY_BLANKS.finditer(lowered) if is_network and not words.isdisjoint(_NAMED) else ():
        for gap in ("a", "b", "c") if max(int(found[name]) for name in "abcd") > _LARGEST_OF_OTHERS else ():
            yield found.end(gap), found.end(gap) + 1, "."
    is_told = not words.isdisjoint(("point", "dot"))
    if lowered.isascii() and not is_network and not is_told:
        return
    if not is_told and not _ROW.search(lowered):
        return
    cues: list[int] | None = None
    for found in _FOUR.finditer(lowered):
        largest = max(int(found[name]) for name in "abcd")
        is_point = _OF_POINTS.fullmatch(found["s"]) is not None
        is_address = is_point and largest > _LARGEST_OF_OTHERS
        if not is_address and is_network:
            cues = [cue.start() for cue in _NEAR.finditer(lowered)] if cues is None else cues
            near = cues[bisect.bisect_left(cues, found.start() - _REACH) : bisect.bisect(cues, found.end() + _REACH)]
            is_named = any(lowered.startswith("ip", cue) for cue in near[:_REACH])
            is_address = bool(near) and (is_point or largest > _LAST_DAY or is_named)
        for gap in ("a", "b", "c") if is_address else ():
            yield found.end(gap), found.end(gap) + len(found["s"]), "."

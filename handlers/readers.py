"""Raw words after a command -> named raw arguments. Free text stays raw here; it passes the gate right after."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping

from frontline.catalog.proposals import OPTIONS
from frontline.core.text import RawText
from handlers.registry import Reader
from handlers.words import (
    plain,
    split_merge,
    take_case,
    take_due,
    take_flags,
    take_label,
    take_mention,
    take_option,
    take_person,
    take_url,
)

# The number of an incident or a case, and nothing beside it; longer ones may be somebody's phone.
_NUMBER = re.compile(r"(?:case |incident )?#?[a-z]{0,6}[-_]?\d{1,9}", re.IGNORECASE)


def whole(name: str) -> Reader:
    """Return a reader that takes all words as one argument."""

    def read(words: RawText, today: dt.date) -> Mapping[str, RawText]:
        return {name: RawText(plain(words.reveal()))}

    return read


def first_and_rest(first: str, rest: str) -> Reader:
    """Return a reader that takes the first word as one argument and the others as a second."""

    def read(words: RawText, today: dt.date) -> Mapping[str, RawText]:
        head, _, tail = plain(words.reveal()).partition(" ")
        return {first: RawText(head), rest: RawText(tail.strip())}

    return read


def read_tag(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``[case] text [#label]``, the label wherever it stands."""
    case, rest = take_case(plain(words.reveal()))
    label, text = take_label(rest)
    if not case:
        case, text = take_case(text)
    return _raw(label=label, case=case, text=text)


def read_merge(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``#label into #other``."""
    label, into = split_merge(plain(words.reveal()))
    return _raw(label=label, into=into)


def read_process(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``#label the process in words`` or ``#label https://...``."""
    label, _, rest = plain(words.reveal()).partition(" ")
    url, rest = take_url(rest)
    return _raw(label=label, url=url, process=rest)


def read_commitment(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``title [@owner] [--kind KIND] [due DATE]``."""
    kind, rest = take_option(plain(words.reveal()), "kind")
    owner, rest = take_person(rest)
    due, title = take_due(rest, today=today)
    return _raw(owner=owner, due=due.isoformat() if due else "", title=title.strip('"'), kind=kind.lower())


def read_closing(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``ID [--metric KEY] [what came of it]``."""
    metric, rest = take_option(plain(words.reveal()), "metric")
    identity, _, note = rest.partition(" ")
    return _raw(value=identity, note=note.strip(), metric=metric.lower())


def read_handover(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``ID @person [because ...]``."""
    identity, _, rest = plain(words.reveal()).partition(" ")
    owner, note = take_person(rest)
    return _raw(value=identity, owner=owner, note=note.removeprefix("because ").strip())


def read_new_date(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``ID [due] DATE``."""
    identity, _, rest = plain(words.reveal()).partition(" ")
    due, _ = take_due(rest, today=today)
    return _raw(value=identity, due=due.isoformat() if due else rest.strip())


def read_request(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``document [for] purpose``."""
    head, _, tail = plain(words.reveal()).partition(" ")
    return _raw(value=head, purpose=tail.strip().removeprefix("for ").strip(' "'))


def read_assignment(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``KEY [@owner] [due DATE]``."""
    owner, rest = take_person(plain(words.reveal()))
    due, key = take_due(rest, today=today)
    return _raw(owner=owner, due=due.isoformat() if due else "", value=key)


def read_theme_merge(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``KEY into KEY``."""
    said = [word for word in plain(words.reveal()).split() if word.lower() != "into"]
    return _raw(value=said[0] if said else "", into=said[1] if len(said) > 1 else "")


def read_opening(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``INC-42``, ``case 8123`` or a title in words."""
    said = plain(words.reveal()).strip('" ')
    if _NUMBER.fullmatch(said):
        return _raw(about=said.lower().removeprefix("case ").removeprefix("incident ").strip().upper())
    return _raw(title=said)


def read_contribution(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``DEBRIEF [SECTION what contributed]``."""
    value, _, rest = plain(words.reveal()).partition(" ")
    section, _, text = rest.strip().partition(" ")
    return _raw(value=value, section=section.lower().strip(":"), text=text.strip(' "'))


def read_case_or_words(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read the number of a case, or words."""
    said = plain(words.reveal()).strip('" ')
    return _raw(value=said) if _NUMBER.fullmatch(said) else _raw(query=said)


def read_case_or_text(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read the number of a case, or text for the gate."""
    said = plain(words.reveal()).strip('" ')
    return _raw(value=said) if _NUMBER.fullmatch(said) else _raw(text=said)


def read_script(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``TOPIC [--segment S] [--region R] [--channel C] [--locale L]``."""
    flags = take_flags(words.reveal(), **{name: name for name in ("segment", "region", "channel", "locale")})
    return _raw(value=flags.rest.lower(), **flags.options)


def read_edit(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``TOPIC [BLOCK --segment S [words]]``."""
    flags = take_flags(words.reveal(), **{name: name for name in ("segment", "region", "locale")})
    topic, _, rest = flags.rest.partition(" ")
    block, _, text = rest.strip().partition(" ")
    return _raw(value=topic.lower(), block=block.lower(), text=text.strip(), **flags.options)


def read_variant(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``PROCESS name [--kind mail] [--segment S] [--region R] [--legal yes]``."""
    flags = take_flags(words.reveal(), **{name: name for name in ("kind", "segment", "region", "legal")})
    process, _, name = flags.rest.partition(" ")
    return _raw(value=process.lower(), name=name.strip(), **flags.options)


def read_lesson(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``[DEBRIEF [NUMBER @owner [due DATE]]]``."""
    owner, rest = take_person(plain(words.reveal()))
    due, rest = take_due(rest, today=today)
    value, _, number = rest.partition(" ")
    return _raw(value=value, number=number.strip(), owner=owner, due=due.isoformat() if due else "")


def read_find(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``words [-n COUNT] [--kind KIND] [--tone TONE] [--for PURPOSE]``."""
    flags = take_flags(words.reveal(), **{"n": "count", "k": "count", "kind": "kind", "tone": "tone", "for": "purpose"})
    return _raw(query=flags.rest, **flags.options)


def read_words(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``"WORDS" [--label LABEL] [--until DATE] [because ...]``."""
    flags = take_flags(words.reveal(), label="label", until="until")
    said, _, reason = flags.rest.partition(" because ")
    return _raw(words=said.strip(), reason=reason.strip(), **flags.options)


def read_cue(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``CUE [seen DATE]``."""
    cue, _, seen = plain(words.reveal()).partition(" seen ")
    return _raw(cue=cue.strip(' "'), seen=seen.strip())


def read_joiner(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``@slack-user as HANDLE ROLE ... [team TEAM]``; without a mention the handle is the first word."""
    account, rest = take_mention(plain(words.reveal()))
    before, separator, after = rest.rpartition(" team ")
    rest, team = (before, after) if separator else (rest, "")
    said = [word for word in rest.replace(",", " ").split() if word.lower() not in ("as", "role", "roles", "and")]
    return _raw(account=account, handle=" ".join(said[:1]), roles=" ".join(said[1:]), team=team.strip())


def read_person(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read one person, mentioned or by handle."""
    account, rest = take_mention(plain(words.reveal()))
    return _raw(value=account or rest)


def read_roles(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``@person +role -role``."""
    account, rest = take_mention(plain(words.reveal()))
    who, _, changes = (account, "", rest) if account else rest.partition(" ")
    return _raw(value=who, changes=changes)


def read_link(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``HANDLE @slack-user``."""
    account, rest = take_mention(plain(words.reveal()))
    return _raw(value=rest, account=account)


def read_definition(words: RawText, today: dt.date) -> Mapping[str, RawText]:
    """Read ``METRIC [OTHER] [--window 14] [--threshold wait_s=30] ... [--from D] [--to D] [--reason "..."]``."""
    said = {"reason": "reason", "from": "start", "to": "end", "by": "grain"}
    flags = take_flags(words.reveal(), **said, **{name: name for name in OPTIONS})
    options = dict(flags.options)
    apart = {name: options.pop(name, "") for name in ("reason", "start", "end", "grain", "definition", "title")}
    first, _, other = flags.rest.partition(" ")
    return _raw(value=first, other=other.strip(), options=json.dumps(options) if options else "", **apart)


def _raw(**values: str) -> dict[str, RawText]:
    return {name: RawText(value) for name, value in values.items() if value}

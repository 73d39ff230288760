"""The explicit list of everything that can be asked of Frontline: name, permission, arguments, examples, function.

Help, the permission table and the documentation pages are made from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from frontline.core.reply import Reply
from frontline.core.request import RequestKind
from frontline.core.text import RawText
from handlers.desk import Desk, Work


class _Checked:
    """Marks plain words that must hold nothing personal: the gate refuses, it does not mask."""


class _Address:
    """Marks the address of a ticket: a plain https one, whose words name nobody."""


class _House:
    """Marks words that the house says to others, kept as they are: the gate finds no person in them, or refuses."""


CHECKED = _Checked()
GateChecked = Annotated[str, CHECKED]
ADDRESS = _Address()
HOUSE = _House()
HouseWords = Annotated[str, HOUSE]
TicketLink = Annotated[str, ADDRESS]
Reader = Callable[[RawText, dt.date], Mapping[str, RawText]]


class Arguments(BaseModel):
    """Base of all argument models. Fields typed ``AnonymizedText`` pass the gate before the handler sees them."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class NoArguments(Arguments):
    """For handlers that take none."""


@dataclass(frozen=True)
class Tool:
    """How a model may use an entry that only reads: its name, what it is told of it, and what gives the facts.

    ``run`` gets the work and a checked query, and raises what the entry itself would raise.
    """

    name: str
    description: str
    run: Callable[[Work, Any, int], Any]


@dataclass(frozen=True)
class Entry:
    """One thing that can be asked.

    ``path`` is what is typed: ``("tag",)``, ``("ops", "example find")``; for buttons and forms the action's name.
    ``permission`` is the action that ``authorize`` judges. ``read`` takes the raw words after the path apart into named
    raw arguments (a case number, a label, the text). ``prepare`` does what is slow on the parsed arguments before a
    writing handler takes the lock. ``run`` gets the work and the arguments.
    """

    kind: RequestKind
    path: tuple[str, ...]
    permission: str
    run: Callable[[Work, Any], Reply]
    arguments: type[Arguments] = NoArguments
    read: Reader | None = None
    prepare: Callable[[Desk, Any], Arguments] | None = None
    writes: bool = False
    # Who asked is judged, and then written nowhere: not in the audit trail either.
    unsigned: bool = False
    summary: str = ""
    examples: Sequence[str] = ()
    aliases: Sequence[str] = ()
    tool: Tool | None = None

    @property
    def typed(self) -> str:
        """The command as it is typed, ``/ops example find``."""
        return "/" + " ".join(self.path)


class Registry:
    """Looks entries up by what came in."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._named: dict[tuple[RequestKind, str], Entry] = {}
        self._verbs: dict[str, Entry] = {}
        for entry in self.entries:
            names = (" ".join(entry.path), *entry.aliases)
            for name in names:
                key = (entry.kind, name)
                if key in self._named:
                    raise ValueError(f"{name} is registered twice")
                self._named[key] = entry
                if entry.kind is RequestKind.COMMAND:
                    self._verbs[name] = entry

    def named(self, kind: RequestKind, name: str) -> Entry | None:
        """Return the entry of a button, form, shortcut or routine by its exact name."""
        return self._named.get((kind, name))

    def command(self, name: str, words: str) -> tuple[Entry | None, str]:
        """Find the entry of a typed command: the longest path that the words begin with, and what is left of them."""
        lowered = words.split()
        for length in range(min(3, len(lowered)), -1, -1):
            path = " ".join([name, *(word.lower() for word in lowered[:length])])
            rest = _after(words, length)
            entry = self._verbs.get(path)
            # Words that the command does not take, or words after a short form (/ops), are a verb misspelt.
            if entry is not None and (not rest or (entry.read is not None and path == " ".join(entry.path))):
                return entry, rest
        return None, words

    def tools(self) -> Sequence[Entry]:
        """Return the entries that a model may use; one that writes is never among them."""
        return [entry for entry in self.entries if entry.tool is not None and not entry.writes]

    def commands(self) -> Sequence[Entry]:
        """Return the typed commands in registration order."""
        return [entry for entry in self.entries if entry.kind is RequestKind.COMMAND]


def _after(words: str, count: int) -> str:
    rest = words.strip()
    for _ in range(count):
        _, _, rest = rest.partition(rest.split()[0])
        rest = rest.strip()
    return rest

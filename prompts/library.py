"""The prompts, one versioned file each: what a model is told is read, reviewed and tested like code.

A file ``NAME.vN.md`` declares its ``Variables:`` and holds the parts ``## system`` and ``## human``; words in braces
are filled in. A changed prompt is a new file and a new number in ``CURRENT``, so that an answer's stamp says which one
was behind it.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.prompts import ChatPromptTemplate

CURRENT: Mapping[str, int] = {"plan": 1, "word": 1, "investigate": 1, "cite": 2}
_VARIABLES = re.compile(r"^Variables: (.+)$", re.MULTILINE)
_PART = re.compile(r"^## (system|human)\n", re.MULTILINE)


@dataclass(frozen=True)
class Prompt:
    """One prompt. ``id`` is name@version; ``parts`` are (role, template) in order; ``variables`` are filled in."""

    id: str
    parts: tuple[tuple[str, str], ...]
    variables: frozenset[str] = frozenset()

    @functools.cached_property
    def template(self) -> ChatPromptTemplate:
        """The prompt as langchain's template; langchain is imported here."""
        from langchain_core.prompts import ChatPromptTemplate

        return ChatPromptTemplate.from_messages(list(self.parts))


@functools.cache
def read_prompt(name: str, version: int | None = None) -> Prompt:
    """Return a prompt, by default in its current version.

    Raises:
        KeyError: there is no such prompt.
        ValueError: the file has no system and human part, or does not declare just the variables that they use.
    """
    number = CURRENT[name] if version is None else version
    text = resources.files("prompts").joinpath(f"{name}.v{number}.md").read_text(encoding="utf-8")
    head, *pieces = _PART.split(text)
    parts = tuple((role, words.strip()) for role, words in zip(pieces[::2], pieces[1::2], strict=True))
    if [role for role, _ in parts] != ["system", "human"]:
        raise ValueError(f"{name}.v{number}.md needs a part ## system and a part ## human")
    declared = _VARIABLES.search(head)
    variables = frozenset(declared[1].split(", ")) if declared else frozenset()
    used = {field for _, words in parts for _, field, _, _ in string.Formatter().parse(words) if field is not None}
    if variables != used:
        raise ValueError(f"{name}.v{number}.md declares {sorted(variables)} and uses {sorted(used)}")
    return Prompt(f"{name}@{number}", parts, variables)

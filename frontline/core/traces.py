"""Where an error came from, for the log, without what it says: a message may quote what a person wrote."""

from __future__ import annotations

import traceback


def trace_of(error: BaseException) -> str:
    """Return type and frames of an error and of what caused it, innermost last; no messages, no values."""
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.extract_tb(link.__traceback__)
        lines.append(f"{'caused by ' if lines else ''}{type(link).__module__}.{type(link).__name__}")
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(lines)

"""Themes and pain points."""

from __future__ import annotations

from handlers import pain_decisions as decisions
from handlers import pains, themes
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import first_and_rest, read_assignment, read_theme_merge, whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "theme list"),
            "theme.list",
            themes.list_themes,
            summary="lists what customers complain about, growing themes first.",
            examples=("/ops theme list",),
            aliases=("ops theme",),
        ),
        Entry(
            COMMAND,
            ("ops", "theme show"),
            "theme.list",
            themes.show,
            themes.ThemeArguments,
            whole("value"),
            summary="shows a theme: size, growth, owner, released quotes.",
            examples=("/ops theme show thm_4k7q0z2m9x",),
        ),
        Entry(
            COMMAND,
            ("ops", "theme rename"),
            "theme.change",
            themes.rename,
            themes.RenameArguments,
            first_and_rest("value", "label"),
            writes=True,
            summary="gives a theme another label; its key stays.",
            examples=("/ops theme rename thm_4k7q0z2m9x charged twice after the update",),
        ),
        Entry(
            COMMAND,
            ("ops", "theme merge"),
            "theme.change",
            themes.merge,
            themes.MergeArguments,
            read_theme_merge,
            writes=True,
            summary="lets one theme count for another.",
            examples=("/ops theme merge thm_4k7q0z2m9x into thm_8q2m4k7z0x",),
        ),
        Entry(
            COMMAND,
            ("ops", "theme assign"),
            "commitment.assign",
            themes.assign,
            themes.AssignArguments,
            read_assignment,
            writes=True,
            summary="makes somebody accountable for a theme.",
            examples=("/ops theme assign thm_4k7q0z2m9x @iris due 30 jun",),
        ),
        Entry(ACTION, ("theme.show",), "theme.list", themes.show, themes.ThemeArguments),
        Entry(ACTION, ("theme.commit",), "commitment.create", themes.start_commitment, themes.ThemeArguments),
        Entry(ACTION, ("theme.undo_merge",), "theme.change", themes.undo_merge, themes.ThemeArguments, writes=True),
        Entry(
            COMMAND,
            ("ops", "theme submit"),
            "pain.submit",
            pains.submit_or_ask,
            pains.SubmitArguments,
            whole("title"),
            prepare=pains.look,
            writes=True,
            summary="submits a pain point, which the leaders read in the next digest; without words it opens the form.",
            examples=("/ops theme submit customers must repeat their story", "/ops theme submit"),
        ),
        Entry(
            COMMAND,
            ("ops", "theme pains"),
            "pain.list",
            pains.list_pains,
            summary="lists the pain points of the next digest with their sources.",
            examples=("/ops theme pains",),
        ),
        Entry(FORM, ("pain.submit",), "pain.submit", pains.submit, pains.SubmitArguments, writes=True),
        Entry(ACTION, ("pain.show",), "pain.list", pains.show, decisions.PainArguments),
        Entry(ACTION, ("pain.merge",), "pain.submit", pains.merge, decisions.PainArguments, writes=True),
        Entry(ACTION, ("pain.undo_merge",), "pain.submit", pains.undo_merge, decisions.PainArguments, writes=True),
        Entry(ACTION, ("pain.ask_accept",), "pain.decide", decisions.ask_accept, decisions.PainArguments),
        Entry(FORM, ("pain.accept",), "pain.decide", decisions.accept, decisions.AcceptArguments, writes=True),
        Entry(ACTION, ("pain.ask_reason",), "pain.decide", decisions.ask_reason, decisions.PainArguments),
        Entry(FORM, ("pain.decline",), "pain.decide", decisions.decline, decisions.DecideArguments, writes=True),
        Entry(ACTION, ("pain.need_data",), "pain.decide", decisions.need_data, decisions.PainArguments, writes=True),
    ]

"""``frontline``: the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rapidfuzz import fuzz, process
from typer.exceptions import TyperException

from frontline.app.commands import (
    ask,
    audit,
    categorize,
    check,
    corpus,
    data,
    demo,
    erase,
    feeds,
    home,
    ingest,
    init,
    jobs,
    kb,
    metric,
    model,
    people,
    serve,
    text,
    themes,
)
from frontline.app.terminal import complain, take_globals
from frontline.core.errors import CatalogError, FrontlineError, UsageError, UserError

HELP = """Frontline: right numbers, anonymized words, kept promises.

Every command also takes --now ISO (freeze the clock), --as PERSON (a handle, a Slack id or role:supervisor; default
the first admin) and --json (one object per line). An argument that contains a space is a question:
frontline "how's service level?"
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run one command line; return 0 done, 1 failed, 2 usage, 3 not permitted, 4 nothing to do."""
    try:
        options, words = take_globals(argv)
        if words and " " in words[0].strip() and not words[0].startswith("-"):
            words = ["ask", *words]
        app = build(HELP)
        group = typer.main.get_command(app)
        _refuse_unknown(sorted(getattr(group, "commands", {})), words)
        code = group.main(args=words, prog_name="frontline", standalone_mode=False, obj=options)
        return int(code or 0)
    except typer.Exit as error:
        return error.exit_code
    except TyperException as error:
        complain(f"{error.format_message()} See frontline --help.")
        return 2
    except typer.Abort:
        complain("Stopped.")
        return 1
    except UserError as error:
        complain(str(error))
        return error.exit_code
    except CatalogError as error:
        for fault in error.faults:
            complain(str(fault))
        return 2
    except FrontlineError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("Stopped.")
        return 130


def build(summary: str) -> typer.Typer:
    """Return the command tree."""
    app = typer.Typer(help=summary, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    families = (
        demo,
        init,
        ask,
        metric,
        ingest,
        feeds,
        data,
        corpus,
        categorize,
        themes,
        kb,
        text,
        jobs,
        audit,
        people,
        home,
        erase,
        check,
        model,
        serve,
    )
    for family in families:
        family.register(app)
    return app


def _refuse_unknown(known: Sequence[str], words: Sequence[str]) -> None:
    """Suggest the nearest command for an unknown word."""
    if not words or words[0].startswith("-") or words[0] in known:
        return
    best = process.extractOne(words[0], known, scorer=fuzz.ratio)
    hint = f"Did you mean `frontline {best[0]}`?" if best and best[1] >= 50 else "See frontline --help."
    raise UsageError(f"There is no command `{words[0]}`.", next_step=hint)

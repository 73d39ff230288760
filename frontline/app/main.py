"""``frontline``: the command line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence

import typer
from rapidfuzz import fuzz, process
from typer.exceptions import TyperException

from frontline.app.terminal import complain, take_globals
from frontline.core.errors import CatalogError, FrontlineError, UsageError, UserError

HELP = """Frontline: right numbers, anonymized words, kept promises.

Every command also takes --now ISO (freeze the clock), --as PERSON (a handle, a Slack id or role:supervisor; default
the first admin) and --json (one object per line). An argument that contains a space is a question:
frontline "how's service level?"
"""

# The modules below ``frontline.app.commands`` and the commands of each, in the order of the help. A module loads the
# rooms that it works with, so that only the one asked for is loaded: all of them took .4 s of CPU more.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "demo": ("demo",),
    "init": ("init",),
    "ask": ("ask",),
    "metric": ("metric",),
    "ingest": ("ingest",),
    "feeds": ("feeds",),
    "data": ("data",),
    "corpus": ("corpus",),
    "categorize": ("categorize",),
    "themes": ("themes",),
    "kb": ("kb",),
    "text": ("anonymize",),
    "jobs": ("jobs",),
    "audit": ("audit",),
    "people": ("people",),
    "home": ("backup", "restore", "upgrade"),
    "erase": ("erase",),
    "check": ("check", "doctor"),
    "model": ("model",),
    "serve": ("serve",),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run one command line; return 0 done, 1 failed, 2 usage, 3 not permitted, 4 nothing to do."""
    try:
        options, words = take_globals(argv)
        if words and " " in words[0].strip() and not words[0].startswith("-"):
            words = ["ask", *words]
        _refuse_unknown(words)
        asked = [family for family, commands in FAMILIES.items() if words and words[0] in commands]
        group = typer.main.get_command(build(HELP, asked or list(FAMILIES)))
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


def build(summary: str, families: Sequence[str] = tuple(FAMILIES)) -> typer.Typer:
    """Return the command tree of ``families``: by default all of it."""
    app = typer.Typer(help=summary, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    # Without a callback typer takes a tree of one command for that command.
    app.callback()(lambda: None)
    for family in families:
        importlib.import_module(f"frontline.app.commands.{family}").register(app)
    return app


def _refuse_unknown(words: Sequence[str]) -> None:
    """Suggest the nearest command for an unknown word."""
    known = sorted(command for commands in FAMILIES.values() for command in commands)
    if not words or words[0].startswith("-") or words[0] in known:
        return
    best = process.extractOne(words[0], known, scorer=fuzz.ratio)
    hint = f"Did you mean `frontline {best[0]}`?" if best and best[1] >= 50 else "See frontline --help."
    raise UsageError(f"There is no command `{words[0]}`.", next_step=hint)

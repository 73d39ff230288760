"""``frontline metric``: what a number means, and how that changes; as ``/ops metric`` does it in Slack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from bot.render_text import render_text
from frontline.app.terminal import complain, say, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError
from frontline.core.ids import new_id
from frontline.core.reply import Reply
from frontline.core.request import Request, RequestKind
from frontline.core.text import RawText

_OPEN = {"ignore_unknown_options": True, "allow_extra_args": True}
Words = Annotated[list[str] | None, typer.Argument(help="As after /ops metric.")]


def register(app: typer.Typer) -> None:
    """Add ``metric list | show | diff | define | adopt | undo | withdraw``."""
    family = typer.Typer(help="What every number means, its versions, and how a meaning changes.", no_args_is_help=True)
    for name, summary in (
        ("list", "The metrics with the definition in force, and what waits to be signed."),
        ("show", "One metric, or one version: frontline metric show fcr_rate@2"),
        ("diff", "What another definition would change: A B | A --window 14 [--from D --to D] [--by week]"),
        ("undo", "Take an adopted definition back."),
        ("withdraw", "Take a proposal back."),
    ):
        family.command(name, help=summary, context_settings=_OPEN)(_typed(name))
    family.command(
        "define", help="Propose a definition: METRIC --window 14 ..., or FILE.yaml.", context_settings=_OPEN
    )(define)
    family.command("adopt", help="Look at a proposal; --yes signs it.")(adopt)
    app.add_typer(family, name="metric")


def define(context: typer.Context, words: Words = None) -> int:
    """Propose fields on the line, or the definition of a file."""
    said = [*(words or ()), *context.args]
    path = Path(said[0]) if said else None
    if path is not None and path.suffix in (".yaml", ".yml"):
        return _answered(context, _of_file(context, path, said[1:]))
    return _say(context, "define", said)


def adopt(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Such as fcr_rate@3.")],
    yes: Annotated[bool, typer.Option("--yes", help="Sign it.")] = False,
) -> int:
    """Show a proposal, or sign it."""
    return _say(context, "adopt", [name, *(["yes"] if yes else [])])


def _typed(verb: str) -> Any:
    def run(context: typer.Context, words: Words = None) -> int:
        return _say(context, verb, [*(words or ()), *context.args])

    return run


def _say(context: typer.Context, verb: str, words: list[str]) -> int:
    quoted = [f'"{word}"' if " " in word else word for word in words]
    house = House(options=context.obj)
    return _answered(context, house.ask("ops", " ".join(["metric", verb, *quoted])))


def _of_file(context: typer.Context, path: Path, words: list[str]) -> Reply:
    """Propose the one metric of a YAML file; its words pass the gate apart from the rest."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"{path} cannot be read as YAML ({type(error).__name__}).", next_step="See docs/definitions.md."
        ) from None
    metrics = said.get("metrics") if isinstance(said, dict) else None
    if not isinstance(metrics, dict) or len(metrics) != 1 or not isinstance(next(iter(metrics.values())), dict):
        raise UsageError(f"{path} has to define one metric.", next_step="metrics: {my_metric: {title: ..., ...}}")
    metric = dict(next(iter(metrics.values())))
    if metric.pop("caveats", None) or metric.pop("unlocks", None):
        raise UsageError("Caveats and unlocks stand in catalog/metrics.yaml.", next_step="Leave them out here.")
    apart = {name: RawText(str(metric.pop(name))) for name in ("definition", "title") if name in metric}
    spec = {"metrics": {next(iter(metrics)): metric}, "measures": said.get("measures") or {}}
    house = House(options=context.obj)
    line = " ".join(f'"{word}"' if " " in word else word for word in words)
    request = Request(
        inbound_id=new_id("cli"),
        kind=RequestKind.COMMAND,
        who=house.who(),
        name="ops",
        text=RawText(f"metric define {line}".strip()),
        values={"spec": RawText(json.dumps(spec, default=str)), **apart},
    )
    return house.doorway.dispatch(request)


def _answered(context: typer.Context, reply: Reply) -> int:
    if reply.outcome.value in ("denied", "failed", "abstained"):
        complain(f"{reply.headline} {reply.context}".strip())
        return reply.exit_code or 1
    if context.obj.json:
        write_json({"ok": True, "text": reply.headline, **(reply.answer or {})})
    else:
        say(render_text(reply.with_(buttons=())))
    return reply.exit_code

"""Scripts from a file or the demo company: as drafts of who loads them, or published at once by the demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from frontline.catalog.yamlfile import read_yaml
from frontline.core.actor import SYSTEM, Actor
from frontline.core.errors import CatalogError, UsageError
from frontline.core.text import RawText
from frontline.governance import scripts, variants
from frontline.store.models.scripts import ScriptVersion

if TYPE_CHECKING:
    from frontline.app.wiring import House


def read_bodies(path: Path) -> Sequence[Mapping[str, Any]]:
    """Return the scripts of a YAML file ({scripts: [...]}).

    Raises:
        UsageError: it cannot be read.
    """
    try:
        data, _ = read_yaml(path)
    except CatalogError as error:
        raise UsageError(f"{path.name}: {error.faults[0].message}.") from error
    found = data.get("scripts") if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise UsageError(f"{path.name} holds no scripts.", next_step="It begins with `scripts:` and a list.")
    return found


def put_drafts(house: House, actor: Actor, bodies: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Keep each script as a draft; return (topic, "" or what is wrong with it).

    Raises:
        NotPermitted: the actor may not edit.
    """
    from handlers.arguments import house_words

    results = []
    for number, body in enumerate(bodies, start=1):
        topic = str(body.get("topic") or number) if isinstance(body, Mapping) else str(number)
        try:
            script = scripts.read_script(body)
            for text in (script.topic, script.title, *script.texts):
                house_words("script", RawText(text), gate=house.gate)
        except UsageError as error:
            results.append((topic, str(error)))
            continue
        with house.store.unit() as unit:
            scripts.put_draft(unit, actor, script, policy=house.policy)
            unit.commit()
        results.append((topic, ""))
    return results


def seed_scripts(house: House) -> int:
    """Publish the demo company's scripts and register its variants, once; return how many scripts."""
    from frontline.sandbox.company.texts import debriefs as texts

    path = texts.FILE.with_name("scripts.yaml")
    with house.store.read() as session:
        if session.scalar(select(ScriptVersion.version_id).limit(1)) is not None:
            return 0
    data, _ = read_yaml(path)
    rules = house.catalog.scripts
    with house.store.unit() as unit:
        today = unit.now.date()
        for body in data["scripts"]:
            script = scripts.read_script(body)
            scripts.put_draft(unit, SYSTEM, script, policy=house.policy)
            scripts.publish(unit, SYSTEM, script.topic, rules=rules, today=today, policy=house.policy)
            variants.count_use(unit, script.topic, "base", day=today - dt.timedelta(days=9), times=160)
        for row in data["variants"]:
            made = variants.add(
                unit,
                SYSTEM,
                row["process"],
                row["name"],
                kind=row["kind"],
                rules=rules,
                policy=house.policy,
                segment=row.get("segment", ""),
                is_legal=bool(row.get("legal")),
            )
            day = today - dt.timedelta(days=11)
            variants.count_use(unit, made.process, made.variant_id, day=day, times=row["uses"])
        unit.commit()
    return len(data["scripts"])

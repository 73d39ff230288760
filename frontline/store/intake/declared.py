"""What was declared before a load: the preset by name, a zone, and the calendar of the home."""

from __future__ import annotations

from pathlib import Path

from rapidfuzz import fuzz, process

from frontline.catalog.records import Preset, Records, check_zone
from frontline.catalog.yamlfile import read_yaml
from frontline.core.errors import UsageError


def find_preset(records: Records, key: str | None) -> Preset | None:
    """Return the preset of that name, None for no name.

    Raises:
        UsageError: there is none, or it loads texts.
    """
    if key is None:
        return None
    preset = records.presets.get(key)
    if preset is None:
        near = process.extractOne(key, list(records.presets), scorer=fuzz.ratio, score_cutoff=60)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(
            f"There is no preset {key!r}.{hint}",
            next_step=f"Presets: {', '.join(sorted(records.presets))}.",
            choices=tuple(sorted(records.presets)),
        )
    if preset.loads != "facts":
        raise UsageError(
            f"The preset {key} loads texts, not facts.", next_step="Load it into the corpus with `frontline ingest`."
        )
    return preset


def require_zone(zone: str) -> None:
    """Check the name of a zone.

    Raises:
        UsageError: there is no such zone.
    """
    try:
        check_zone(zone)
    except ValueError as error:
        raise UsageError(
            f"There is no time zone {zone!r}.", next_step="Use a name such as Europe/Amsterdam."
        ) from error


def calendar_file(home: Path) -> Path:
    """Return the file that holds the organisation's own calendar."""
    return home / "catalog" / "calendar.yaml"


def home_zone(home: Path) -> str:
    """Return the zone of the organisation's own calendar, "" when it has none yet."""
    if not calendar_file(home).exists():
        return ""
    document, _ = read_yaml(calendar_file(home))
    zone = document.get("zone") if isinstance(document, dict) else None
    return str(zone) if zone else ""


def write_calendar(home: Path, zone: str, *, origin: str) -> None:
    """Write the organisation's calendar with this zone."""
    path = calendar_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# Written by the first load: the zone of {origin}.\nzone: {zone}\n")

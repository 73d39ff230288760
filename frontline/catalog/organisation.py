"""Who the organisation is: its name, and the Slack workspace whose accounts are its people."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from frontline.catalog.yamlfile import Definition, load_model

TEAM = r"^([TE][A-Z0-9]{6,20})?$"


class Organisation(Definition):
    """``slack_team`` is the workspace's id (``T0123456789``): a Slack user id means somebody only together with it."""

    name: str = Field(default="", max_length=80)
    slack_team: str = Field(default="", pattern=TEAM)


def load_organisation(overlay: Path | None = None) -> Organisation:
    """Return what ``overlay/organisation.yaml`` says; nothing is shipped, every organisation is its own.

    Raises:
        CatalogError: every fault, with file and line.
    """
    path = overlay / "organisation.yaml" if overlay is not None else None
    if path is None or not path.exists():
        return Organisation()
    return load_model(path, Organisation)[0]

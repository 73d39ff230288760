"""The permission table: which role may do which action before which audience. What no row allows is denied."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from frontline.catalog.yamlfile import Definition, load_model, read_yaml
from frontline.core.actor import AudienceKind, Role
from frontline.core.errors import CatalogError, Fault

RoleName = Literal["agent", "supervisor", "analyst", "leader", "trainer", "steward", "admin", "anyone", "system"]
DEFAULT_FILE = Path(__file__).parent / "defaults" / "permissions.yaml"


class Scope(StrEnum):
    """Whose rows an allowed action reaches."""

    OWN = "own"  # what the actor owns or made
    TEAM = "team"  # and what people of the actor's team own
    ALL = "all"

    @property
    def width(self) -> int:
        """Order of the scopes, wider is larger."""
        return ("own", "team", "all").index(self.value)


class PermissionRow(Definition):
    """One row. ``anyone`` is every person of the organisation who is known and active; ``system`` is the clock."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    action: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    roles: tuple[RoleName, ...] = Field(min_length=1)
    audiences: tuple[AudienceKind, ...] = (AudienceKind.PRIVATE,)
    scope: Scope = Scope.ALL
    note: str = ""

    @property
    def named_roles(self) -> tuple[Role, ...]:
        """The real roles among ``roles``."""
        return tuple(Role(name) for name in self.roles if name not in {"anyone", "system"})


class PermissionTable(Definition):
    """All rows; ids are unique."""

    permissions: tuple[PermissionRow, ...] = ()

    @model_validator(mode="after")
    def _unique_ids(self) -> PermissionTable:
        ids = [row.id for row in self.permissions]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"ids used twice: {', '.join(twice)}")
        return self

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action that some row names, sorted."""
        return tuple(sorted({row.action for row in self.permissions}))


def load_permissions(overlay: Path | None = None) -> PermissionTable:
    """Return the shipped table; rows of ``overlay/permissions.yaml`` replace those of the same id and add others.

    A row with ``roles: []`` cannot exist; an organisation takes a right away by an overlay row of the same id with
    fewer roles or audiences.

    Raises:
        CatalogError: every fault of both files, with file and line.
    """
    table, _ = load_model(DEFAULT_FILE, PermissionTable)
    path = overlay / "permissions.yaml" if overlay is not None else None
    if path is None or not path.exists():
        return table
    extra, _ = load_model(path, PermissionTable)
    unknown = sorted({row.action for row in extra.permissions} - set(table.actions))
    if unknown:
        raise CatalogError(
            [Fault(path.name, _line_of_action(path, name), f"unknown action: {name}") for name in unknown]
        )
    merged = {row.id: row for row in table.permissions} | {row.id: row for row in extra.permissions}
    return PermissionTable(permissions=tuple(merged.values()))


def _line_of_action(path: Path, action: str) -> int:
    _, node = read_yaml(path)
    if node is None:
        return 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if action in line:
            return number
    return 0

"""``authorize``: one table-driven function, deny by default. The channel's audience counts, not only the asker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from frontline.catalog.permissions import PermissionRow, PermissionTable, Scope, load_permissions
from frontline.core.actor import PRIVATE, Actor, ActorKind, Audience, AudienceKind, Role
from frontline.core.errors import NotPermitted

if TYPE_CHECKING:
    from frontline.governance.text_rights import TextRights

DEFAULT_DENY = "default-deny"
_REFUSED_KINDS = {
    ActorKind.GUEST: "Guests of the workspace cannot use Frontline.",
    ActorKind.BOT: "Bots cannot use Frontline.",
    ActorKind.STRANGER: "People of another organisation cannot use Frontline.",
    ActorKind.UNKNOWN: "Frontline does not know you, or your account is closed.",
}
_WHERE = {
    AudienceKind.PRIVATE: "in private",
    AudienceKind.CHANNEL: "in a channel",
    AudienceKind.EXTERNAL: "in a channel shared with another organisation",
}


@dataclass(frozen=True)
class Grant:
    """A permission given: by which row, and whose rows it reaches."""

    policy_id: str
    scope: Scope


class Policy:
    """The permission table as a function."""

    def __init__(self, rows: Iterable[PermissionRow] | PermissionTable, *, texts: TextRights | None = None) -> None:
        """``texts``: the organisation's policies for words of people; without them the shipped ones hold."""
        self._texts = texts
        self._rows: dict[str, list[PermissionRow]] = defaultdict(list)
        for row in rows.permissions if isinstance(rows, PermissionTable) else rows:
            self._rows[row.action].append(row)

    @property
    def texts(self) -> TextRights:
        """For what, and on which grounds, words of people are shown to whom."""
        if self._texts is None:
            from frontline.governance.text_rights import shipped_rights

            self._texts = shipped_rights()
        return self._texts

    def authorize(self, actor: Actor, action: str, resource: str = "", audience: Audience = PRIVATE) -> Grant:
        """Return the widest grant that the table gives.

        Raises:
            NotPermitted: no row allows it; ``needs`` names the roles that could, ``policy_id`` what decided.
        """
        if actor.kind in _REFUSED_KINDS:
            raise NotPermitted(
                _REFUSED_KINDS[actor.kind],
                policy_id=f"kind.{actor.kind.value}",
                next_step="Ask an admin of Frontline to add you.",
            )
        rows = self._rows.get(action, [])
        held = [row for row in rows if _holds(actor, row)]
        allowed = [row for row in held if audience.kind in row.audiences]
        if not allowed:
            raise _refusal(rows, held, audience)
        best = max(allowed, key=lambda row: row.scope.width)
        return Grant(best.id, best.scope)

    def is_allowed(self, actor: Actor, action: str, resource: str = "", audience: Audience = PRIVATE) -> bool:
        """Whether ``authorize`` would pass. For menus; a door calls ``authorize``."""
        try:
            self.authorize(actor, action, resource, audience)
        except NotPermitted:
            return False
        return True

    def allowed_actions(self, actor: Actor, audience: Audience = PRIVATE) -> tuple[str, ...]:
        """Return what the actor may do before this audience, sorted: help and menus are made of it."""
        return tuple(sorted(action for action in self._rows if self.is_allowed(actor, action, audience=audience)))

    def roles_for(self, action: str, audience: Audience = PRIVATE) -> tuple[str, ...]:
        """Return the names of the roles that may do ``action`` before this audience, sorted."""
        return _role_names(row for row in self._rows.get(action, []) if audience.kind in row.audiences)


@cache
def shipped_policy() -> Policy:
    """Return the policy of the shipped table, without an organisation's overlay."""
    return Policy(load_permissions())


def authorize(actor: Actor, action: str, resource: str = "", audience: Audience = PRIVATE) -> Grant:
    """``Policy.authorize`` over the shipped table."""
    return shipped_policy().authorize(actor, action, resource, audience)


def _holds(actor: Actor, row: PermissionRow) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return "system" in row.roles
    return "anyone" in row.roles or any(role.value in row.roles for role in actor.roles)


def _refusal(rows: list[PermissionRow], held: list[PermissionRow], audience: Audience) -> NotPermitted:
    if held:
        elsewhere = AudienceKind.PRIVATE if any(AudienceKind.PRIVATE in row.audiences for row in held) else None
        step = "Ask it in a direct message." if elsewhere else "Ask it in the channel where it belongs."
        return NotPermitted(f"This may not be done {_WHERE[audience.kind]}.", policy_id=held[0].id, next_step=step)
    needs = _role_names(rows)
    if not needs:
        return NotPermitted("Nobody may do this.", policy_id=DEFAULT_DENY)
    return NotPermitted(
        f"This is for {_listed(needs)}.",
        policy_id=rows[0].id,
        next_step="An admin of Frontline can give you the role.",
        needs=needs,
    )


def _role_names(rows: Iterable[PermissionRow]) -> tuple[str, ...]:
    return tuple(sorted({role for row in rows for role in row.roles if role != "system"}))


def _listed(names: tuple[str, ...]) -> str:
    plural = [f"{name}s" if name in set(Role) else name for name in names]
    return plural[0] if len(plural) == 1 else f"{', '.join(plural[:-1])} and {plural[-1]}"

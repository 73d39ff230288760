"""Every role x action x audience, against a table written down here by hand: whoever changes the rules changes both."""

from pathlib import Path

import pytest

from frontline.catalog.permissions import PermissionRow, Scope, load_permissions
from frontline.core.actor import SYSTEM, Actor, ActorKind, Audience, AudienceKind, Role
from frontline.core.errors import CatalogError, NotPermitted
from frontline.governance.policy import DEFAULT_DENY, Policy, authorize, shipped_policy

EVERYBODY = "agent supervisor analyst leader trainer steward admin none"
# action -> (who in private, who in a channel); "none" is a known person without a role. External: nobody, ever.
EXPECTED: dict[str, tuple[str, str]] = {
    "help.read": (EVERYBODY, EVERYBODY),
    "status.read": (f"{EVERYBODY} system", f"{EVERYBODY} system"),
    "metric.ask": (f"{EVERYBODY} system", f"{EVERYBODY} system"),
    "pin.own": (EVERYBODY, EVERYBODY),
    "metric.person_level": ("agent supervisor", ""),
    "voice.read": ("agent supervisor analyst leader admin", ""),
    "effort.read": ("supervisor analyst leader admin", ""),
    "cost.read": ("analyst leader admin", ""),
    "voice.agents": ("supervisor", ""),
    "voice.contest": ("agent", ""),
    "metric.extract": ("analyst leader admin system", ""),
    "metric.read": (EVERYBODY, EVERYBODY),
    "metric.diff": ("supervisor analyst leader steward admin",) * 2,
    "metric.define": ("supervisor analyst leader admin",) * 2,
    "metric.adopt": ("supervisor analyst leader steward admin",) * 2,
    "question.list": ("supervisor analyst leader steward admin",) * 2,
    "question.verify": ("analyst steward admin",) * 2,
    "question.gaps": ("analyst steward admin", ""),
    "word.list": ("supervisor analyst leader steward admin", ""),
    "word.decide": ("supervisor analyst leader steward admin", ""),
    "corpus.search": ("supervisor analyst leader trainer steward admin system", "system"),
    "corpus.inside": ("supervisor analyst trainer steward admin system", ""),
    "example.find": ("trainer steward", ""),
    "example.list": ("agent supervisor analyst leader trainer steward admin system", ""),
    "example.request": ("trainer steward", ""),
    "example.release": ("steward admin", ""),
    "example.release_special": ("steward", ""),
    "example.withdraw": ("trainer steward admin system", ""),
    "privacy.review": ("steward", ""),
    "privacy.words": ("steward", ""),
    "corpus.add": ("steward admin system", ""),
    "corpus.rebuild": ("steward admin system", ""),
    "category.suggest": ("agent supervisor analyst trainer steward admin system", ""),
    "category.read": ("supervisor analyst leader steward admin system",) * 2,
    "category.code": ("supervisor analyst trainer steward", ""),
    "category.decide": ("steward admin", ""),
    "category.learn": ("supervisor analyst trainer steward admin", ""),
    "text.anonymize": ("trainer steward admin", ""),
    "cue.read": ("agent supervisor trainer steward admin",) * 2,
    "cue.practise": ("agent supervisor trainer", ""),
    "cue.results": ("agent supervisor trainer", ""),
    "tag.create": ("agent supervisor trainer steward system",) * 2,
    "tag.merge": ("supervisor steward",) * 2,
    "tag.link": ("supervisor leader steward admin",) * 2,
    "tag.list": (
        "agent supervisor analyst leader trainer steward admin system",
        "supervisor analyst leader trainer steward admin system",
    ),
    "theme.list": ("supervisor analyst leader steward admin system",) * 2,
    "theme.change": ("supervisor analyst leader steward admin",) * 2,
    "pain.submit": ("supervisor analyst leader admin",) * 2,
    "pain.list": ("supervisor leader admin system",) * 2,
    "pain.decide": ("leader admin",) * 2,
    "debrief.open": ("agent supervisor analyst steward admin", ""),
    "debrief.add": ("agent supervisor analyst leader trainer steward admin", ""),
    "debrief.read": ("agent supervisor analyst leader trainer steward admin", ""),
    "debrief.publish": ("supervisor steward admin", ""),
    "kb.suggest": ("agent supervisor trainer steward admin", ""),
    "kb.judge": ("agent supervisor trainer steward admin", ""),
    "kb.log": ("agent supervisor steward admin", ""),
    "kb.gaps": ("supervisor trainer steward admin", ""),
    "kb.publish": ("steward admin system", ""),
    "script.read": ("agent supervisor trainer steward admin system", ""),
    "script.edit": ("supervisor trainer steward admin system", ""),
    "script.publish": ("trainer steward admin system", ""),
    "variant.review": ("supervisor trainer leader admin", ""),
    "variant.change": ("trainer leader admin system", ""),
    "commitment.list": (f"{EVERYBODY} system", "supervisor analyst leader steward admin system"),
    "commitment.create": (
        "agent supervisor analyst leader trainer steward admin system",
        "agent supervisor analyst leader trainer steward admin system",
    ),
    "commitment.done": (f"{EVERYBODY} system", f"{EVERYBODY} system"),
    "commitment.assign": ("supervisor leader admin", "supervisor leader admin"),
    "dashboard.read": ("supervisor analyst leader admin system", ""),
    "dashboard.decide": ("supervisor analyst leader admin",) * 2,
    "scorecard.read": ("supervisor analyst leader admin system", ""),
    "live.list": ("agent supervisor analyst leader admin system", ""),
    "outreach.identify": ("supervisor analyst leader admin",) * 2,
    "commitment.hand": (EVERYBODY, EVERYBODY),
    "commitment.reopen": (f"{EVERYBODY} system", f"{EVERYBODY} system"),
    "commitment.oversee": ("supervisor analyst leader steward admin", ""),
    "outreach.work": ("supervisor analyst leader admin",) * 2,
    "alert.list": ("supervisor analyst leader steward admin system",) * 2,
    "alert.acknowledge": ("supervisor analyst leader admin",) * 2,
    "alert.snooze": ("supervisor analyst leader admin",) * 2,
    "alert.resolve": ("supervisor analyst leader admin system",) * 2,
    "alert.raise": ("system", "system"),
    "job.run": ("admin system", ""),
    "job.list": ("analyst leader steward admin system", ""),
    "routine.manage": ("admin", ""),
    "model.switch": ("admin", ""),
    "attention.own": (EVERYBODY, EVERYBODY),
    "audit.verify": ("steward admin system", ""),
    "audit.show": ("steward admin", ""),
    "data.ingest": ("steward admin system", ""),
    "data.errors": ("steward admin", ""),
    "data.rollback": ("steward admin", ""),
    "data.unlock": ("analyst steward admin", ""),
    "people.manage": ("admin", ""),
    "vault.open": ("steward", ""),
    "vault.erase": ("steward admin", ""),
    "home.backup": ("steward admin", ""),
    "home.restore": ("admin", ""),
    "share.channel": ("", "supervisor analyst leader trainer steward admin"),
    "quote.deliver": ("", "system"),
    "outbox.deliver": ("system", "system"),
}


def cast() -> dict[str, Actor]:
    people = {role.value: Actor(f"per_{role}", role.value, roles=frozenset({role})) for role in Role}
    return {**people, "none": Actor("per_none", "none"), "system": SYSTEM}


@pytest.mark.parametrize("action", sorted(EXPECTED))
def test_the_matrix_of_roles_actions_and_audiences(action: str) -> None:
    policy = shipped_policy()
    for kind, names in zip(AudienceKind, (*EXPECTED[action], ""), strict=True):
        allowed = {name for name, actor in cast().items() if policy.is_allowed(actor, action, audience=Audience(kind))}
        assert allowed == set(names.split()), f"{action} before {kind}"


def test_the_matrix_knows_every_action_of_the_table() -> None:
    assert set(load_permissions().actions) == set(EXPECTED)


@pytest.mark.parametrize("kind", [ActorKind.GUEST, ActorKind.BOT, ActorKind.STRANGER, ActorKind.UNKNOWN])
def test_guests_bots_strangers_and_the_deactivated_get_nothing_whatever_roles_they_claim(kind: ActorKind) -> None:
    outsider = Actor("x", "x", kind=kind, roles=frozenset(Role))
    for audience in AudienceKind:
        assert shipped_policy().allowed_actions(outsider, Audience(audience)) == ()
    with pytest.raises(NotPermitted) as refusal:
        authorize(outsider, "help.read")
    assert refusal.value.policy_id == f"kind.{kind.value}"


@pytest.mark.parametrize("row", load_permissions().permissions, ids=lambda row: row.id)
def test_each_row_of_the_table_matters(row: PermissionRow) -> None:
    """A policy without this row decides something differently: no row is dead weight, none is shadowed."""
    rows = load_permissions().permissions
    without = Policy(other for other in rows if other.id != row.id)

    def decisions(policy: Policy) -> list[object]:
        found: list[object] = []
        for actor in cast().values():
            for kind in AudienceKind:
                try:
                    found.append(policy.authorize(actor, row.action, audience=Audience(kind)).scope)
                except NotPermitted:
                    found.append(None)
        return found

    assert decisions(shipped_policy()) != decisions(without)


def test_what_no_row_names_is_denied_even_to_an_admin() -> None:
    with pytest.raises(NotPermitted) as refusal:
        authorize(Actor("a", "a", roles=frozenset({Role.ADMIN})), "universe.delete")
    assert refusal.value.policy_id == DEFAULT_DENY


def test_a_refusal_says_which_role_is_needed() -> None:
    with pytest.raises(NotPermitted) as refusal:
        authorize(Actor("a", "ana", roles=frozenset({Role.AGENT})), "example.find")
    assert refusal.value.needs == ("steward", "trainer")
    assert str(refusal.value) == "This is for stewards and trainers. An admin of Frontline can give you the role."


def test_a_refusal_for_the_place_says_where_to_ask_instead() -> None:
    with pytest.raises(NotPermitted) as refusal:
        authorize(
            Actor("t", "tom", roles=frozenset({Role.TRAINER})), "example.find", audience=Audience(AudienceKind.CHANNEL)
        )
    assert str(refusal.value) == "This may not be done in a channel. Ask it in a direct message."
    assert refusal.value.needs == ()


def test_the_widest_scope_held_counts() -> None:
    both = Actor("b", "bo", roles=frozenset({Role.AGENT, Role.SUPERVISOR}))
    assert authorize(both, "tag.list").scope is Scope.ALL
    assert authorize(Actor("a", "ana", roles=frozenset({Role.AGENT})), "tag.list").scope is Scope.OWN


def test_roles_for_and_allowed_actions_feed_help() -> None:
    assert shipped_policy().roles_for("example.find") == ("steward", "trainer")
    assert shipped_policy().roles_for("example.find", Audience(AudienceKind.CHANNEL)) == ()
    actions = shipped_policy().allowed_actions(Actor("a", "ana", roles=frozenset({Role.AGENT})))
    assert "tag.create" in actions
    assert "job.run" not in actions


def test_an_organisation_narrows_a_row_by_its_id(tmp_path: Path) -> None:
    overlay = tmp_path / "permissions.yaml"
    overlay.write_text("permissions:\n  - {id: example.find, action: example.find, roles: [steward]}\n")
    policy = Policy(load_permissions(tmp_path).permissions)
    assert policy.roles_for("example.find") == ("steward",)
    assert policy.roles_for("tag.create") == shipped_policy().roles_for("tag.create")


@pytest.mark.parametrize(
    ("row", "line", "words"),
    [
        ("{id: a, action: example.find, roles: [wizard]}", 3, "roles"),
        ("{id: a, action: example.fnid, roles: [agent]}", 3, "unknown action: example.fnid"),
        ("{id: a, action: example.find, roles: []}", 3, "roles"),
        ("{id: a, action: example.find, roles: [agent], colour: red}", 3, "colour"),
    ],
)
def test_a_faulty_overlay_names_file_and_line(tmp_path: Path, row: str, line: int, words: str) -> None:
    (tmp_path / "permissions.yaml").write_text(f"# ours\npermissions:\n  - {row}\n")
    with pytest.raises(CatalogError) as fault:
        load_permissions(tmp_path)
    assert str(fault.value).startswith(f"permissions.yaml:{line}: ")
    assert words in str(fault.value)

"""Whom people's words may be shown to, for what and on which grounds: the gate's policies, one per audience.

A policy of ``anonymization/policies`` names its audience (roles), the purposes that words are asked for and pulled for,
and the grounds that have to be on record. Every request for a release and every pull of words is held against the
policy of its audience; what that does not allow is refused in a sentence that names what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from anonymization.policy import Policy as TextPolicy
from anonymization.policy import load_policies
from frontline.core.actor import Actor, ActorKind
from frontline.core.errors import NotPermitted
from frontline.core.text import AnonymizedText
from frontline.governance.listed_words import find_listed

INSIDE = "index"  # the policy of private views; all others show what a person released
OF_CUSTOMERS = ("complaint", "verbatim")
"""Kinds of documents that a customer wrote: consent is asked of customers, not of the house's own texts."""


@dataclass(frozen=True)
class Use:
    """What released words are pulled for, in the terms of each audience's policy; "" = it is not for that audience."""

    trainer: str = ""
    leadership: str = ""

    def purpose(self, name: str) -> str:
        """Return the purpose under the policy called ``name``."""
        return {"trainer": self.trainer, "leadership": self.leadership}.get(name, "")


LIBRARY = Use(trainer="training", leadership="decisions")
SHARING = Use(trainer="service", leadership="decisions")
THEMES = Use(trainer="quality", leadership="decisions")
DIGEST = Use(leadership="reporting")


class TextRights:
    """The policies of an organisation as rights. They are read at the first question."""

    def __init__(self, load: Callable[[], Mapping[str, TextPolicy]]) -> None:
        self._load = load
        self._found: Mapping[str, TextPolicy] | None = None

    def policy(self, name: str) -> TextPolicy | None:
        """Return the policy of an audience, None where there is none."""
        return self._policies.get(name)

    def purposes(self) -> Sequence[str]:
        """Return what words may be asked for, those of training first."""
        return _said_purposes(self._beyond_private_views())

    def admit_request(self, purpose: AnonymizedText, legal_basis: str, *, audience: str = "") -> TextPolicy:
        """Return the policy under which a release may be asked for: the first whose purposes the words name.

        ``audience`` is the policy that it was asked for under before, "" for a new request.

        Raises:
            NotPermitted: no policy lists the purpose, or that one does not know the legal basis.
        """
        open_to = [found for found in self._beyond_private_views() if audience in ("", found.name)]
        allowing = [found for found in open_to if find_listed(purpose.show(), found.purposes)]
        if not allowing:
            raise NotPermitted(
                f"Words of customers are released for {_listed(_said_purposes(open_to), ' or ')}, for nothing else.",
                policy_id=f"text.{open_to[0].name if open_to else 'none'}",
                next_step="Say which of these it is for: `/ops example request ID for onboarding`.",
            )
        for found in allowing:
            if legal_basis in found.grounds.legal_basis:
                return found
        raise NotPermitted(
            f"The legal basis {legal_basis} is none of the grounds of the policy {allowing[0].tag}: "
            f"{_listed(allowing[0].grounds.legal_basis, ' or ')}.",
            policy_id=f"text.{allowing[0].name}",
            next_step="A steward changes legal_basis in catalog/releases.yaml, or the policy.",
        )

    def admit_pull(self, actor: Actor, use: Use) -> Sequence[TextPolicy]:
        """Return the policies under which released words may be shown to an actor for a use.

        Raises:
            NotPermitted: the actor belongs to no audience of it, or no policy of theirs lists the purpose.
        """
        theirs = [found for found in self._beyond_private_views() if use.purpose(found.name) and _is_of(actor, found)]
        if not theirs:
            raise NotPermitted(
                "No policy shows released words to your roles for this.",
                policy_id="text.audience",
                next_step="`audience` in catalog/anonymization says who is shown what.",
            )
        allowed = [found for found in theirs if use.purpose(found.name) in found.purposes]
        if not allowed:
            raise self._refuse_purpose(theirs[0], use.purpose(theirs[0].name))
        return allowed

    def admit_inside(self, actor: Actor, purpose: str) -> TextPolicy | None:
        """Return the policy under which an actor sees what the gate alone let through; None: is not of its audience.

        Raises:
            NotPermitted: the actor is, and the policy does not list the purpose.
        """
        found = self._policies.get(INSIDE)
        if found is None or found.shows != "texts" or not _is_of(actor, found):
            return None
        if purpose not in found.purposes:
            raise self._refuse_purpose(found, purpose)
        return found

    def admit_work(self, purpose: str) -> None:
        """Make sure that documents inside may be worked on at all for a purpose: themes, categories.

        Raises:
            NotPermitted: the policy of private views does not list it.
        """
        found = self._policies.get(INSIDE)
        if found is not None and purpose not in found.purposes:
            raise self._refuse_purpose(found, purpose)

    def works_with_consent_only(self, kind: str) -> bool:
        """Whether documents inside of a ``kind`` are worked on only where their customer agreed."""
        found = self._policies.get(INSIDE)
        return kind in OF_CUSTOMERS and found is not None and needs_consent(found)

    @property
    def _policies(self) -> Mapping[str, TextPolicy]:
        if self._found is None:
            self._found = self._load()
        return self._found

    def _beyond_private_views(self) -> list[TextPolicy]:
        # Whom a release is for by default: those who learn from it.
        found = [policy for policy in self._policies.values() if policy.shows != "texts"]
        return sorted(found, key=lambda policy: (policy.name != "trainer", policy.name))

    @staticmethod
    def _refuse_purpose(policy: TextPolicy, purpose: str) -> NotPermitted:
        return NotPermitted(
            f"The policy {policy.tag} shows words for {_listed(policy.purposes)}, not for {purpose or 'more'}.",
            policy_id=f"text.{policy.name}",
            next_step=f"`purposes` in catalog/anonymization/{policy.name}.yaml says what for.",
        )


def needs_consent(policy: TextPolicy) -> bool:
    """Whether a customer's words are shown under a policy only with consent on record."""
    return policy.grounds.consent or set(policy.grounds.legal_basis) <= {"consent"}


def covers(policies: Iterable[TextPolicy], *, asked_under: str, legal_basis: str, has_consent: bool) -> bool:
    """Whether a release may be shown under one of ``policies``.

    ``asked_under``: name of the policy that it was asked for under. What was asked for those who lead is for them
    alone; what was released for training they may read too.
    """
    return any(
        (found.name == asked_under or found.shows == "aggregates")
        and legal_basis in found.grounds.legal_basis
        and (has_consent or not needs_consent(found))
        for found in policies
    )


@cache
def shipped_rights() -> TextRights:
    """Return the rights of the shipped policies."""
    return TextRights(load_policies)


def _is_of(actor: Actor, policy: TextPolicy) -> bool:
    return actor.kind is ActorKind.SYSTEM or bool(set(actor.roles) & set(policy.audience))


def _said_purposes(policies: Sequence[TextPolicy]) -> list[str]:
    return list(dict.fromkeys(purpose for policy in policies for purpose in policy.purposes))


def _listed(words: Sequence[str], last: str = " and ") -> str:
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

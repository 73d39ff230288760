"""Practice with data cues: which case comes next, what was answered, and who may see how it went.

Spaced repetition after Leitner: a right answer moves a case on by one box, a wrong one back to the first; the box
says in how many days it comes again. Results are for the person and for trainers;
nobody else, and no metric, reads them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.permissions import Scope
from frontline.catalog.schema_cues import Cues
from frontline.core.actor import Actor
from frontline.core.errors import NotFound, UsageError
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.people import Person
from frontline.store.models.practice import PracticeAnswer
from frontline.store.work import Unit

PRACTISE, RESULTS = "cue.practise", "cue.results"


@dataclass(frozen=True)
class Score:
    """How somebody answered: class of cue -> (right, of), the cues that went wrong last, and how many cases are due."""

    by_class: Mapping[str, tuple[int, int]]
    weak: tuple[str, ...]
    due: int
    last_on: dt.date | None


def next_case(
    session: Session, actor: Actor, cues: Cues, *, today: dt.date, policy: Policy | None = None
) -> str | None:
    """Return the case that is due: the longest overdue, then one never seen; None when nothing is due today.

    Raises:
        NotPermitted: the actor does not practise.
    """
    (policy or shipped_policy()).authorize(actor, PRACTISE)
    last = _last_answers(session, actor.key)
    due = sorted((row.due_on, key) for key, row in last.items() if key in cues.cases and row.due_on <= today)
    if due:
        return due[0][1]
    return next((key for key in cues.cases if key not in last), None)


def answer(
    unit: Unit, actor: Actor, cues: Cues, case_key: str, chosen: int, *, today: dt.date, policy: Policy | None = None
) -> PracticeAnswer:
    """Keep an answer; the same case answered again on a day counts for the score, not for the box.

    Raises:
        NotPermitted: the actor does not practise.
        NotFound: there is no such case, or no such option.
        UsageError: a role of the terminal has no practice.
    """
    (policy or shipped_policy()).authorize(actor, PRACTISE)
    case = cues.cases.get(case_key)
    if case is None or not 0 <= chosen < len(case.options):
        raise NotFound("There is no such practice case any more.", next_step="/ops people practice gives the next one.")
    if unit.session.get(Person, actor.key) is None:
        raise UsageError("Practice belongs to a person.", next_step="Ask as a person, not as a role.")
    before = _last_answers(unit.session, actor.key).get(case_key)
    is_right = case.options[chosen].is_right
    box = min(before.box + 1, len(cues.boxes)) if before is not None and is_right else 1
    if before is not None and is_right and before.at.date() == unit.now.date():
        box = before.box
    row = PracticeAnswer(
        person_key=actor.key, case_key=case_key, cue=case.cue, cue_class=cues.cues[case.cue].cue_class,
        is_right=is_right, box=box, due_on=today + dt.timedelta(days=cues.boxes[box - 1]), at=unit.now,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    # That somebody practised, not how well: the trail is read by more people than the result is.
    audit.record(unit, actor, PRACTISE, resource=f"case:{case_key}")
    return row


def score(
    session: Session, actor: Actor, person_key: str, cues: Cues, *, today: dt.date, policy: Policy | None = None
) -> Score:
    """Return how somebody answered: one's own to everybody who practises, anybody's to trainers.

    Raises:
        NotPermitted: the actor may not see it.
    """
    _may_see(actor, person_key, policy)
    rows = list(session.scalars(select(PracticeAnswer).where(PracticeAnswer.person_key == person_key)))
    right, of = Counter(row.cue_class for row in rows if row.is_right), Counter(row.cue_class for row in rows)
    last = _last_answers(session, person_key)
    weak = sorted({row.cue for row in last.values() if not row.is_right and row.cue in cues.cues})
    due = sum(row.due_on <= today for row in last.values()) + sum(key not in last for key in cues.cases)
    last_on = max((row.at.date() for row in rows), default=None)
    return Score({name: (right[name], of[name]) for name in sorted(of)}, tuple(weak), due, last_on)


def list_practising(session: Session, actor: Actor, *, policy: Policy | None = None) -> Sequence[str]:
    """Return the keys of those who have practised, for trainers.

    Raises:
        NotPermitted: the actor is no trainer.
    """
    _may_see(actor, "", policy)
    return list(session.scalars(select(PracticeAnswer.person_key).distinct().order_by(PracticeAnswer.person_key)))


def _may_see(actor: Actor, person_key: str, policy: Policy | None) -> None:
    from frontline.core.errors import NotPermitted

    grant = (policy or shipped_policy()).authorize(actor, RESULTS, f"person:{person_key}")
    if grant.scope is Scope.OWN and person_key != actor.key:
        raise NotPermitted(
            "How somebody practises is seen by that person and by trainers.",
            policy_id=grant.policy_id,
            next_step="Yours: /ops people practice results",
        )


def _last_answers(session: Session, person_key: str) -> dict[str, PracticeAnswer]:
    query = select(PracticeAnswer).where(PracticeAnswer.person_key == person_key).order_by(PracticeAnswer.id)
    return {row.case_key: row for row in session.scalars(query)}

"""``/ops people cue`` and ``/ops people practice``: what may be said from a customer's data, and practice cases."""

from __future__ import annotations

import datetime as dt
import re

from frontline.catalog.schema_cues import Cue, Cues
from frontline.core.errors import NotFound, UsageError
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply
from frontline.governance import people, practice
from handlers.desk import Work
from handlers.registry import Arguments
from handlers.staff import find_person

CLASSES = {
    "ok": "may be mentioned",
    "ask": "may lead to an open question, and is not mentioned",
    "never": "is not used at all",
}
_WORD = re.compile(r"[a-z]{3,}")


class CueArguments(Arguments):
    """A cue in the catalog's words, and the date it was seen on."""

    cue: str = ""
    seen: str = ""


class PracticeArguments(Arguments):
    """An answer: the case and the number of the option."""

    value: str = ""


class ResultsArguments(Arguments):
    """Whose results; "" for one's own."""

    value: str = ""


def show_cue(work: Work, arguments: CueArguments) -> Reply:
    """Show what may be said and what not; without a cue, list the cards."""
    cues: Cues = work.desk.catalog.cues
    if not arguments.cue:
        return _list_cues(cues)
    key, cue = find_cue(cues, arguments.cue)
    work.audit |= {"cue": key}
    if arguments.seen and (age := (work.today - _day(arguments.seen)).days) > cues.stale_days:
        return Reply(
            f"Do not use it: {cue.title} is {age} days old, and a cue counts for {cues.stale_days}.",
            context="What was true then may be wrong now. Ask openly, as of anybody.",
            outcome=Outcome.ANSWERED,
        )
    return Reply(
        f"{cue.title}: {CLASSES[cue.cue_class]}.",
        context=f"Without the customer's consent, and after {cues.stale_days} days, no cue is used.",
        parts=panel(cue),
        buttons=[Button("Practise", "cue.practise")],
        outcome=Outcome.ANSWERED,
    )


def panel(cue: Cue) -> list[Part]:
    """Return the panel "you may say / don't say" of a cue."""
    may = "\n".join(f"• {line}" for line in cue.says) or "• nothing: leave it out"
    never = "\n".join(f"• {line}" for line in cue.never_says)
    about = f"\nIt would let one guess {cue.infers.replace('_', ' ')}." if cue.infers else ""
    return [
        Paragraph(f"*You may say*\n{may}"),
        Paragraph(f"*Don't say*\n{never}"),
        Paragraph(f"*Why*\n{cue.why}{about}"),
    ]


def panel_of(work: Work, key: str) -> list[Part]:
    """Return the panel of a cue beside a case, nothing where the organisation has no such card."""
    cue = work.desk.catalog.cues.cues.get(key)
    return panel(cue) if cue is not None else []


def practise(work: Work, arguments: Arguments) -> Reply:
    """Give the next practice case."""
    cues: Cues = work.desk.catalog.cues
    key = practice.next_case(work.session, work.actor, cues, today=work.today, policy=work.desk.policy)
    if key is None:
        return Reply(
            "Nothing is due today: every case comes again when it is time.",
            context="Yours alone, and the trainers': /ops people practice results",
            exit_code=4,
        )
    case = cues.cases[key]
    items = [
        Item(option.text, buttons=[Button("Say this", "cue.answer", f"{key} {number}")])
        for number, option in enumerate(case.options)
    ]
    return Reply(
        f"Cue: {cues.cues[case.cue].title}. What do you say?",
        context="A made-up case. How you answer is seen by you and by trainers, by nobody else.",
        parts=[Paragraph(case.situation), *items],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def take_answer(work: Work, arguments: PracticeArguments) -> Reply:
    """Keep an answer, say why it is right or not, and show the card."""
    cues: Cues = work.desk.catalog.cues
    key, _, number = arguments.value.strip().partition(" ")
    chosen = int(number) if number.isdigit() else -1
    row = practice.answer(work.unit, work.actor, cues, key, chosen, today=work.today, policy=work.desk.policy)
    case, cue = cues.cases[key], cues.cues[row.cue]
    told = case.options[chosen].because
    right = next(option for option in case.options if option.is_right)
    parts: list[Part] = [] if row.is_right else [Paragraph(f"*Better*\n{right.text}\n{right.because}")]
    days = (row.due_on - work.today).days
    return Reply(
        f"{'Right' if row.is_right else 'Not this one'}: {told}",
        context=f"{cue.title} {CLASSES[cue.cue_class]} · the case comes again in {days} day{'s' if days != 1 else ''}",
        parts=[*parts, *panel(cue)],
        buttons=[Button("Next", "cue.practise")],
        outcome=Outcome.ANSWERED,
        for_one=True,
        replaces=True,
    )


def show_results(work: Work, arguments: ResultsArguments) -> Reply:
    """Show one's own results, or to a trainer somebody's or who has practised."""
    cues: Cues = work.desk.catalog.cues
    named = arguments.value.strip()
    if named.lower() in ("all", "everybody"):
        return _list_practising(work)
    person = find_person(work, named) if named else None
    key = person.key if person is not None else work.actor.key
    found = practice.score(work.session, work.actor, key, cues, today=work.today, policy=work.desk.policy)
    whose = f"@{person.handle}'s" if person is not None and key != work.actor.key else "Your"
    if not found.by_class:
        return Reply(f"{whose} practice has not begun.", context="/ops people practice gives a case.", exit_code=4)
    lines = [f"• {name} ({CLASSES[name]}): {right} of {of} right" for name, (right, of) in found.by_class.items()]
    weak = ", ".join(cues.cues[cue].title for cue in found.weak)
    parts = [Paragraph("\n".join(lines)), *([Paragraph(f"*To look at again*\n{weak}")] if weak else [])]
    return Reply(
        f"{whose} practice with data cues, last on {found.last_on:%-d %B %Y}.",
        context=f"{found.due} case{'s' if found.due != 1 else ''} due · seen by the person and trainers alone",
        parts=parts,
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def find_cue(cues: Cues, said: str) -> tuple[str, Cue]:
    """Return the card of what somebody typed: its key, its title or another name, else the one with most words of it.

    Raises:
        NotFound: none has a word of it.
    """
    wanted = " ".join(said.lower().replace("_", " ").split())
    for key, cue in cues.cues.items():
        if wanted in (key.replace("_", " "), cue.title.lower(), *(other.lower() for other in cue.also)):
            return key, cue
    words = set(_WORD.findall(wanted))

    def shared(cue: Cue) -> int:
        return max(len(words & set(_WORD.findall(name.lower()))) for name in (cue.title, *cue.also))

    key, best = max(cues.cues.items(), key=lambda item: shared(item[1]), default=("", None))
    if best is None or not shared(best):
        raise NotFound(
            "There is no card for that cue. Without a card it is not used.",
            next_step="/ops people cue lists the cards.",
        )
    return key, best


def _list_cues(cues: Cues) -> Reply:
    parts: list[Part] = []
    for name, said in CLASSES.items():
        titles = "\n".join(f"• {cue.title}" for cue in cues.cues.values() if cue.cue_class == name)
        parts.append(Paragraph(f"*{said.capitalize()}*\n{titles}"))
    return Reply(
        f"{len(cues.cues)} cue cards: what may be said from a customer's data.",
        context="One of them: /ops people cue visited cancel page",
        parts=parts,
        buttons=[Button("Practise", "cue.practise")],
        outcome=Outcome.ANSWERED,
    )


def _list_practising(work: Work) -> Reply:
    keys = practice.list_practising(work.session, work.actor, policy=work.desk.policy)
    if not keys:
        return Reply("Nobody has practised yet.", exit_code=4)
    names = people.handles(work.session, keys)
    lines = "\n".join(f"• @{names[key]}" for key in keys if key in names)
    return Reply(
        f"{len(keys)} {'people have' if len(keys) != 1 else 'person has'} practised.",
        context="By name, not ranked. One of them: /ops people practice results @anna",
        parts=[Paragraph(lines)],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def _day(said: str) -> dt.date:
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        step = "/ops people cue open case seen 2026-05-04"
        raise UsageError("The day of the cue is no date.", next_step=step) from None

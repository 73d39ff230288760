"""``/ops privacy``: what the gate held back, reviewed by stewards in a modal; and the words on the gate's two lists.

Raw text stands in that modal alone, for the steward who opened it, and the opening is written down. Lists and answers
hold ids, codes and counts.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence

from anonymization.choices import find_words, suspects
from anonymization.word_lists import LONGEST, read_entry
from frontline.core.errors import FrontlineError, UsageError
from frontline.core.ports import Choice, Span
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import gate_words, people, quarantine
from frontline.governance.quarantine import Held, Opened
from frontline.store.base import product_words
from frontline.store.work import Unit
from handlers import privacy_forms as forms
from handlers.desk import Work
from handlers.registry import Arguments

log = logging.getLogger(__name__)
SHOWN = 20


class DocumentArguments(Arguments):
    """The document that is meant."""

    value: str = ""


class WordArguments(Arguments):
    """Words for a list. They stay raw in memory and are kept as a keyed hash."""

    words: QuestionText | None = None
    label: str = "PERSON"
    until: str = ""
    reason: AnonymizedText | None = None


class EntryArguments(Arguments):
    """An entry of a list, by its id."""

    value: str = ""


def show_queue(work: Work, arguments: Arguments) -> Reply:
    """List what waits: ids, reasons, kinds and ages; never a word of it."""
    held = quarantine.list_held(work.session, work.actor, at=work.now, policy=work.desk.policy)
    if not held:
        return Reply("Nothing is held back.", context="The gate let every text through.", exit_code=4)
    counts = quarantine.count_held(held)
    names = people.handles(work.session, [row.opened_by for row in held if row.opened_by])
    lines = [f"{title}: {_counted(counts[key])}" for key, title in forms.COUNTED]
    return Reply(
        f"{len(held)} text{'s wait' if len(held) != 1 else ' waits'} for a steward, the oldest first.",
        context="The text opens in a window that only you see; each opening is written down.",
        parts=[Paragraph("\n".join(lines)), *(_item(row, names) for row in held[:SHOWN])],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def review(work: Work, arguments: DocumentArguments) -> Reply:
    """Open the text in a window; another steward who has it is named first."""
    return _open(work, arguments.value, take_over=False)


def take_over(work: Work, arguments: DocumentArguments) -> Reply:
    """Open a text that another steward has."""
    return _open(work, arguments.value, take_over=True)


def decide(work: Work, arguments: forms.DecideArguments) -> Reply:
    """Apply what was chosen, let the gate look again, and keep what comes of it.

    The look takes its time, so it happens before the lock: what comes in meanwhile becomes durable meanwhile.
    """
    doc_id, content_key, stretches = forms.read_state(arguments.value)
    window, policy = work.desk.catalog.releases.undo_window, work.desk.policy
    with work.desk.store.unit() as unit:
        opened = quarantine.access_opened(unit, work.actor, doc_id, content_key, vault=work.desk.vault(), policy=policy)
        unit.commit()
    if arguments.whole == forms.DROP_ALL:
        work.effects.append(lambda unit: quarantine.drop(unit, work.actor, opened, undo_window=window, policy=policy))
        return _told(work, doc_id, "The whole text is dropped.", "Nobody sees it again; the original goes tomorrow.")
    if arguments.whole == forms.LEAVE:
        return _told(work, doc_id, "It stays held back.", "Nothing was changed.", undo=False)
    choices = _choices(opened, arguments, stretches)
    language = arguments.language or opened.document.language or ""
    verdict = work.desk.review_gate().review(
        opened.text, choices, known=opened.known, policy="index", language=language
    )

    def keep(unit: Unit) -> None:
        made = _remember(work, unit, opened, arguments, choices)
        quarantine.decide(
            unit,
            work.actor,
            opened,
            verdict,
            choices=choices,
            language=arguments.language,
            undo_window=window,
            words=made,
            policy=policy,
            vault=work.desk.vault(),
        )
        if verdict.text is not None:
            _project(work, unit)

    work.effects.append(keep)
    work.audit |= {"document": doc_id, "decision": "kept" if verdict.text is None else "inside"}
    if verdict.text is None:
        why = " ".join(reason.partition(": ")[2] for reason in verdict.reasons)
        return _told(work, doc_id, "The gate still holds it back.", why, again=True)
    note = "It can be searched inside."
    if verdict.reasons:
        note += " Its language was never measured, so it is never released."
    return _told(work, doc_id, "The text is inside.", note)


def undo(work: Work, arguments: DocumentArguments) -> Reply:
    """Take a decision back, with the entries that it put on the lists."""
    row = quarantine.undo(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    gate_words.remove_standing(work.unit, work.actor, row.words, policy=work.desk.policy)
    row.words = []
    _reread(work, work.unit)
    _project(work, work.unit)
    button = Button("Review", "privacy.review.form", row.doc_id, Tone.PRIMARY)
    return Reply("Taken back: it waits for a steward again.", context=row.doc_id, buttons=[button], replaces=True)


def allow(work: Work, arguments: WordArguments) -> Reply:
    """Let words through that the gate takes for a name."""
    return _list_words(work, arguments, "allow")


def deny(work: Work, arguments: WordArguments) -> Reply:
    """Mask words wherever they stand."""
    return _list_words(work, arguments, "deny")


def show_words(work: Work, arguments: Arguments) -> Reply:
    """List the entries of both lists. The words themselves are not kept, so they are not shown."""
    rows = gate_words.list_words(work.session, work.actor, at=work.now, policy=work.desk.policy)
    if not rows:
        return Reply("Both lists are empty.", context='For example: /ops privacy deny "a name" because', exit_code=4)
    names = people.handles(work.session, [row.added_by for row in rows])
    items = [
        Item(
            row.reason,
            detail=f"{row.list_name} · {row.count} word{'s' if row.count != 1 else ''} · {row.label} · until "
            f"{row.expires_at:%-d %b %Y} · @{names.get(row.added_by, row.added_by)} · {row.word_id}",
            buttons=[Button("Remove", "privacy.words.remove", row.word_id)],
        )
        for row in rows[:SHOWN]
    ]
    return Reply(
        f"{len(rows)} entr{'ies' if len(rows) != 1 else 'y'} on the lists of the gate.",
        context="The words are kept as keyed hashes: only the reasons can be read.",
        parts=items,
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def remove_word(work: Work, arguments: EntryArguments) -> Reply:
    """Take an entry off its list."""
    row = gate_words.remove(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    _reread(work, work.unit)
    button = Button("Undo", "privacy.words.restore", row.word_id)
    return Reply(f"Off the {row.list_name} list.", context=row.word_id, buttons=[button], replaces=True)


def restore_word(work: Work, arguments: EntryArguments) -> Reply:
    """Put a removed entry back."""
    row = gate_words.restore(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    _reread(work, work.unit)
    return Reply(f"It stands on the {row.list_name} list again.", context=row.word_id, replaces=True)


def home_panel(work: Work) -> Sequence[Part]:
    """Return what App Home says to a steward: how many wait, and the oldest ones."""
    held = quarantine.list_held(work.session, work.actor, at=work.now, policy=work.desk.policy)
    if not held:
        return []
    names = people.handles(work.session, [row.opened_by for row in held if row.opened_by])
    head = Paragraph(f"*Held back*\n{len(held)} texts wait for a steward (`/ops privacy queue`).")
    return [head, *(_item(row, names) for row in held[:3])]


def _open(work: Work, value: str, *, take_over: bool) -> Reply:
    doc_id = value.strip()
    if not doc_id:
        raise UsageError("Which text?", next_step="/ops privacy queue shows the ids.")
    # In a commit of its own: the gate looks at the text afterwards, while others may write.
    with work.desk.store.unit() as unit:
        opened = quarantine.open_text(
            unit, work.actor, doc_id, vault=work.desk.vault(), take_over=take_over, policy=work.desk.policy
        )
        unit.commit()
    work.audit |= {"document": doc_id}
    if opened.holder is not None:
        handle, since = opened.holder
        minutes = max(1, int((work.now - since).total_seconds() // 60))
        return Reply(
            f"@{handle} opened it {minutes} minute{'s' if minutes != 1 else ''} ago.",
            context="Two decisions about one text would get in each other's way. Ask first.",
            buttons=[Button("Take over", "privacy.take_over.form", doc_id, Tone.DANGER)],
            outcome=Outcome.CLARIFY,
        )
    verdict = work.desk.gate.check(opened.text, known=opened.known, language=opened.document.language or "")
    return Reply("Review", form=forms.review_form(opened, suspects(opened.text.reveal(), verdict.spans)))


def _choices(opened: Opened, arguments: forms.DecideArguments, stretches: Sequence[Span]) -> list[Choice]:
    choices = []
    for number, span in enumerate(stretches, start=1):
        action, _, label = arguments.choice(number).partition(" ")
        if action in forms.ACTIONS:
            choices.append(Choice(span.start, span.end, label or span.label, action))
    if arguments.words:
        lines = arguments.words.reveal().splitlines()
        choices += find_words(opened.text.reveal(), lines, label=arguments.words_label)
    return choices


def _remember(
    work: Work, unit: Unit, opened: Opened, arguments: forms.DecideArguments, choices: Sequence[Choice]
) -> list[str]:
    """Put the kept words on the allow list and the added ones on the deny list, where the steward wants that."""
    wanted = set(arguments.remember.split("\n"))
    raw, made, until = opened.text.reveal(), [], work.now + forms.KEEP_WORDS
    stands = {(row.digest, row.list_name) for row in gate_words.list_words(unit.session, work.actor, at=unit.now)}
    todo = [(raw[c.start : c.end], "allow", c.label) for c in choices if c.action == "keep" and forms.ALLOW in wanted]
    if arguments.words and forms.DENY in wanted:
        todo += [
            (line, "deny", arguments.words_label) for line in arguments.words.reveal().splitlines() if line.strip()
        ]
    for words, list_name, label in todo:
        digest, count = read_entry(work.desk.org_key(), words)
        if not 1 <= count <= LONGEST or any((digest, name) in stands for name in gate_words.LISTS):
            continue
        row = gate_words.add(
            unit,
            work.actor,
            QuestionText(words),
            list_name=list_name,
            key=work.desk.org_key(),
            label=label,
            reason=product_words(f"chosen in the review of {opened.document.doc_id}"),
            until=until,
            policy=work.desk.policy,
        )
        stands.add((digest, list_name))
        made.append(row.word_id)
    if made:
        _reread(work, unit)
    return made


def _list_words(work: Work, arguments: WordArguments, list_name: str) -> Reply:
    example = f'/ops privacy {list_name} "Fiber Max" --label ORGANIZATION --until 2027-01-31 because it is a product'
    if not arguments.words:
        raise UsageError("Which words?", next_step=f"For example: {example}")
    if arguments.reason is None:
        raise UsageError("An entry needs a reason.", next_step=f"For example: {example}")
    row = gate_words.add(
        work.unit,
        work.actor,
        arguments.words,
        list_name=list_name,
        key=work.desk.org_key(),
        label=arguments.label.upper(),
        reason=arguments.reason,
        until=_end(work, arguments.until),
        policy=work.desk.policy,
    )
    work.audit |= {"word": row.word_id, "list": list_name}
    _reread(work, work.unit)
    effect = "lets them through" if list_name == "allow" else f"masks them as {row.label}"
    return Reply(
        f"From now on the gate {effect}, until {row.expires_at:%-d %B %Y}.",
        context=f"{row.word_id} · kept as a keyed hash. What is in the index already stays until it is loaded again.",
        buttons=[Button("Undo", "privacy.words.remove", row.word_id)],
    )


def _end(work: Work, said: str) -> dt.datetime:
    if not said:
        return work.now + forms.KEEP_WORDS
    try:
        day = dt.date.fromisoformat(said)
    except ValueError:
        raise UsageError("The end is no date.", next_step="Say it as --until 2027-01-31") from None
    return dt.datetime.combine(day, dt.time(), tzinfo=work.desk.zone)


def _told(work: Work, doc_id: str, headline: str, context: str, *, undo: bool = True, again: bool = False) -> Reply:
    work.audit |= {"document": doc_id}
    buttons = [Button("Review again", "privacy.review.form", doc_id, Tone.PRIMARY)] if again else []
    if undo and not again:
        buttons.append(Button("Undo", "privacy.undo", doc_id))
    return Reply(headline, context=f"{context} · {doc_id}", buttons=buttons, for_one=True)


def _item(row: Held, names: dict[str, str]) -> Item:
    who = f"@{names[row.opened_by]} has it open" if row.opened_by in names else ""
    age = "today" if row.days == 0 else f"{row.days} day{'s' if row.days != 1 else ''}"
    detail = " · ".join(part for part in (row.kind, row.language, age, ", ".join(row.codes), who) if part)
    return Item(row.doc_id, detail=detail, buttons=[Button("Review", "privacy.review.form", row.doc_id, Tone.PRIMARY)])


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.most_common())


def _reread(work: Work, unit: Unit) -> None:
    unit.after_commit(work.desk.reread_words)


def _project(work: Work, unit: Unit) -> None:
    """Bring the index up to date once the commit stands."""

    def project() -> None:
        try:
            work.desk.corpus().index_pending()
        except (FrontlineError, OSError) as error:
            log.warning("the index waits for the next load: %s", error)

    unit.after_commit(project)

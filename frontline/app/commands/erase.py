"""``frontline erase``: one person leaves every store, with a receipt."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from frontline.app.erasing import KEPT, Eraser, Receipt
from frontline.app.terminal import say, write_json
from frontline.app.wiring import House
from frontline.core.actor import Actor
from frontline.core.errors import UsageError

# Store -> how the receipt says it; in the order of the receipt.
_SAID = {
    "items": "items of the vault, with their key",
    "documents": "documents, with their places in themes",
    "releases": "released copies",
    "messages": "kept messages that quoted them",
    "facts": "rows of the facts, now under a tombstone",
    "tags": "tags: words and case",
    "alerts": "open alerts, closed",
    "rejected_rows": "rejected rows of loads",
    "held_texts": "held-back texts of others: their words",
    "pushed_rows": "pushed rows that wait",
    "texts": "other texts: their words",
}
Subject = Annotated[
    str, typer.Argument(help="A customer number, account, e-mail or phone; or @handle, agent:ID, document:ID.")
]


def register(app: typer.Typer) -> None:
    """Add ``erase``."""
    app.command("erase", help="Erase a person from every store: customer number, account or e-mail.")(erase)


def erase(
    context: typer.Context,
    subject: Subject,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
) -> int:
    """Erase one subject and print the receipt; exit 4 when nothing is held of them."""
    from frontline.store.backup import note_erasure

    house = House(options=context.obj)
    actor = house.permit("vault.erase")
    key = read_subject(house, actor, subject)
    eraser = Eraser(house, actor)
    found = eraser.preview(key, _plain(subject))
    is_under_way = _is_under_way(house, key)
    if dry_run or (found.is_nothing and not is_under_way):
        _show(house, found, is_preview=True)
        return 0 if dry_run and not found.is_nothing else 4
    if not yes and not house.options.json:
        _show(house, found, is_preview=True)
        if not typer.confirm("This cannot be undone. Erase it?"):
            say("Nothing was erased.")
            return 4
    receipt = eraser.erase(key, _plain(subject))
    note_erasure(house.home, key, house.clock.now())
    house.note(actor, "vault.erase", resource=key, detail=receipt.counts)
    _show(house, receipt)
    return 0 if receipt.scan is None or receipt.scan.is_clean else 1


def read_subject(house: House, actor: Actor, named: str) -> str:
    """Return the vault subject of what a person types.

    Raises:
        UsageError: it is of no known form, and no customer has it.
        NotFound: nobody has this handle.
    """
    from frontline.core.ids import keyed_hash
    from frontline.governance import people
    from frontline.governance.names import subject_of

    word = named.strip()
    kind, _, rest = word.partition(":")
    if word.startswith("@"):
        with house.store.read() as session:
            return subject_of(people.person_of(session, word).key)
    if kind == "customer" and rest:
        return keyed_hash(house.org_key, "customer", rest)
    if kind in ("agent", "document", "person") and rest:
        return word
    if len(word) == 32 and all(letter in "0123456789abcdef" for letter in word):
        return word
    if (found := find_customer(house, actor, word)) is not None:
        return found
    raise UsageError(
        f"{named!r} names no subject.",
        next_step="Say a customer number, account or e-mail that is held; or @handle, agent:ID, document:ID.",
    )


def find_customer(house: House, actor: Actor, word: str) -> str | None:
    """Return the subject that a number, an account, an e-mail or a phone belongs to; None when nobody has it.

    Raises:
        UsageError: several customers share it.
    """
    from frontline.store.erasure.facts import count_rows
    from frontline.store.erasure.state import PURPOSE
    from frontline.store.intake.safekeeping import IDENTITY
    from frontline.store.models.people import VaultKey
    from frontline.store.subjects import customer_of, erased_subject, has_documents, lookups_of, lookups_of_word

    lookups = lookups_of_word(house.org_key, word)
    with house.store.unit() as unit:
        held = house.vault.open_kind(unit, actor, IDENTITY, purpose=PURPOSE)
        unit.commit()
    owners = [
        subject
        for subject, content in held.items()
        if subject in lookups or set(lookups).intersection(lookups_of(house.org_key, json.loads(content)))
    ]
    if len(owners) > 1:
        raise UsageError(f"{len(owners)} customers have {word!r}.", next_step="Say customer:NUMBER of the one meant.")
    if owners:
        return owners[0]
    with house.store.read() as session:
        if (erased := erased_subject(session, lookups)) is not None:
            return erased
        if (customer := customer_of(session, lookups)) is not None:
            return customer
        for lookup in lookups:
            is_known = session.get(VaultKey, lookup) is not None or has_documents(session, lookup)
            if is_known or count_rows(house.generations, lookup):
                return lookup
    return None


def _is_under_way(house: House, key: str) -> bool:
    from frontline.store.models.erasure import Erasure

    with house.store.read() as session:
        row = session.get(Erasure, key)
        return row is not None and row.finished_at is None


def _plain(subject: str) -> str:
    """Return the identifier itself, "" for what is a key of ours."""
    kind, _, rest = subject.strip().partition(":")
    if kind == "customer" and rest:
        return rest
    is_own = subject.startswith("@") or kind in ("agent", "document", "person")
    return "" if is_own else subject.strip()


def _show(house: House, receipt: Receipt, *, is_preview: bool = False) -> None:
    scan = receipt.scan
    backups = _backups(house)
    if house.options.json:
        said: dict[str, Any] = {
            "subject": receipt.subject,
            "done": not is_preview,
            "items": receipt.counts.get("items", 0),
            "documents": receipt.counts.get("documents", 0),
            "counts": receipt.counts,
            "files": receipt.files,
            "standing": receipt.standing,
            "resumed": receipt.is_resumed,
            "index_rebuilt": receipt.documents_left is not None,
            "documents_left": receipt.documents_left,
            "compacted": receipt.is_compact,
            "scan": asdict(scan) if scan is not None else None,
            "kept": list(KEPT),
            "backups": backups,
            "at": house.clock.now().isoformat(timespec="seconds"),
        }
        write_json(said)
        return
    for line in _lines(receipt, backups, is_preview=is_preview):
        say(line)


def _lines(receipt: Receipt, backups: list[str], *, is_preview: bool) -> list[str]:
    if receipt.is_nothing and is_preview:
        return [f"Nothing is held of {receipt.subject}: nothing to erase."]
    head = "Would go" if is_preview else "Erased" + (" (taken up where it had stopped)" if receipt.is_resumed else "")
    lines = [f"{head}: {receipt.subject}"]
    for name, words in _SAID.items():
        value = receipt.counts.get(name) or 0
        total = value if isinstance(value, int) else sum(value.values())
        if total:
            detail = "" if isinstance(value, int) else f" ({', '.join(f'{k} {v:,}' for k, v in sorted(value.items()))})"
            lines.append(f"  {total:>6,} {words}{detail}")
    lines += [f"  file {name}" for name in receipt.files]
    if is_preview:
        return lines
    if receipt.scan is not None:
        scan = receipt.scan
        verdict = "nothing of them was found" if scan.is_clean else f"FOUND in {', '.join(sorted(scan.hits))}"
        lines.append(f"Every byte of the home read ({scan.files:,} files, {scan.bytes / 1e6:,.1f} MB): {verdict}.")
        if scan.unread:
            lines.append(f"Could not be unpacked, look at them yourself: {', '.join(scan.unread)}.")
    if not receipt.is_compact:
        lines.append("Somebody was writing: free pages of the database go with the next `frontline erase`.")
    for place in receipt.standing:
        lines.append(f"Stands in Slack, delete it there: {place['channel']}, {place['at']} ({place['key']})")
    lines += [f"Stays: {words}." for words in KEPT]
    lines += [f"Stays until it is deleted: {words}." for words in backups]
    lines.append("A file that still names them, loaded again, brings nothing of them back.")
    return lines


def _backups(house: House) -> list[str]:
    """Return the backups that are known: copies in the home, and what was backed up elsewhere by its name."""
    from frontline.governance import audit

    found = [
        f"{path.relative_to(house.home)} (made before an upgrade)"
        for path in sorted((house.home / "backups").glob("*"))
        if path.is_file()
    ]
    with house.store.read() as session:
        made = audit.entries(session, limit=200, action="home.backup")
    named = {row.resource: row.at[:10] for row in reversed(made) if row.resource != "terminal"}
    return found + [f"backup {name} of {day}; `frontline restore` erases again" for name, day in named.items()]

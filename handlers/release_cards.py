"""How a release looks: to its reviewer, in a list, and in the messages that tell about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from frontline.core.actor import PRIVATE, Audience, AudienceKind, Role
from frontline.core.reply import Button, Item, Outcome, Paragraph, Quote, Reply, Tone
from frontline.governance import outbox, people
from frontline.governance.examination import Examination
from frontline.governance.quoting import Place
from frontline.governance.releases import ReleasedQuote
from frontline.store.models.releases import Release
from frontline.store.work import Unit
from handlers.desk import Work

CHANNEL = Audience(AudienceKind.CHANNEL)


def review_card(work: Work, row: Release, found: Examination) -> Reply:
    """Return all that a reviewer needs: the words, what was masked, what to look at twice, who asks and what for."""
    return Reply(
        f"@{_handle(work, row.requested_by)} asks to release an example.",
        context="Pseudonymised is not anonymous: would somebody recognise who wrote this?",
        parts=[
            Quote(found.marked or row.text, caption=f"{row.doc_id} · {_details(found.shown)}"),
            Item(row.purpose, detail=f"purpose · legal basis {row.legal_basis} · {row.release_id}"),
            Paragraph("\n".join(f"• {line}" for line in _facts(work, row, found))),
        ],
        buttons=[
            Button("Release", "example.release", row.release_id, Tone.PRIMARY),
            Button("Refuse", "example.refuse", row.release_id),
            Button("Mask more", "example.mask", row.release_id),
        ],
        outcome=Outcome.ANSWERED,
    )


def waiting_item(work: Work, row: Release) -> Item:
    """Return the line of a request in a list."""
    is_mine = row.requested_by == work.actor.key
    button = (
        Button("Take back", "example.withdraw", row.release_id)
        if is_mine
        else Button("Review", "example.review", row.release_id, Tone.PRIMARY)
    )
    asked = f"asked by @{_handle(work, row.requested_by)} on {row.requested_at:%-d %b}"
    return Item(row.purpose, detail=f"{row.doc_id} · {asked} · {row.state} · {row.release_id}", buttons=[button])


def quote_part(work: Work, quote: ReleasedQuote) -> Quote:
    """Return a released quote with what this person may do with it."""
    buttons = []
    if work.desk.policy.is_allowed(work.actor, "share.channel", audience=CHANNEL):
        buttons.append(Button("Share to channel", "example.share", quote.release_id))
    if work.desk.policy.is_allowed(work.actor, "example.withdraw"):
        buttons.append(Button("Withdraw", "example.withdraw", quote.release_id))
    return Quote(quote.text, caption=caption_of(quote), buttons=buttons)


def caption_of(quote: ReleasedQuote) -> str:
    """Return the product's words under a released quote."""
    return " · ".join(part for part in (quote.category, quote.received, quote.release_id) if part)


def posted_in(places: Iterable[Place]) -> str:
    """Say where a quote stands in Slack; "" when nowhere."""
    sent = [f"{place.channel} ({place.at:%-d %b %H:%M} UTC)" for place in places if place.state == "sent"]
    return f"It was posted before in {', '.join(sent)}: it is replaced there." if sent else ""


def tell(work: Work, unit: Unit, row: Release, keys: Iterable[str], reply: Reply) -> int:
    """Send a direct message to people, in the commit of what it tells; return how many have a Slack account."""
    told = 0
    for key in dict.fromkeys(keys):
        account = people.slack_account(unit.session, key)
        if account is None or key == work.actor.key:
            continue
        # One message per person and event; after an undo the same event may come again.
        name = f"release/{row.release_id}/{len(row.events)}/{key}"
        told += outbox.enqueue(unit, name, account[1], reply, audience=PRIVATE)
    return told


def tell_expired(unit: Unit, rows: Iterable[Release]) -> int:
    """Send one direct message to each person whose examples have expired; return how many."""
    by_person: dict[str, list[Release]] = {}
    for row in rows:
        by_person.setdefault(row.requested_by, []).append(row)
    told = 0
    for key, theirs in by_person.items():
        account = people.slack_account(unit.session, key)
        if account is None:
            continue
        count = len(theirs)
        reply = Reply(
            f"{count} example{'s' if count != 1 else ''} you asked for {'have' if count != 1 else 'has'} expired.",
            context="Nobody is shown them any more. Ask for what you still need anew.",
            parts=[Item(row.purpose, detail=f"{row.doc_id} · {row.release_id}") for row in theirs[:20]],
        )
        told += outbox.enqueue(
            unit, f"release/expired/{theirs[0].release_id}/{key}", account[1], reply, audience=PRIVATE
        )
    return told


def remind_reviewers(unit: Unit, rows: Iterable[Release], *, after: dt.timedelta) -> int:
    """Remind reviewers of requests that nobody has looked at for ``after``, and again each time that long has passed.

    One direct message a reviewer and day; admins hear of those that stewards left twice. Returns how many messages.
    """
    by_person: dict[str, list[Release]] = {}
    for row in rows:
        rounds = (unit.now - row.requested_at) // after
        if rounds < 1 or (unit.now - row.requested_at) - rounds * after >= dt.timedelta(days=1):
            continue
        keys = reviewers(unit, row)
        if rounds > 2:
            keys += [
                person.key for person in people.of_role(unit.session, Role.ADMIN) if person.key != row.requested_by
            ]
        for key in dict.fromkeys(keys):
            by_person.setdefault(key, []).append(row)
    told = 0
    for key, theirs in by_person.items():
        account = people.slack_account(unit.session, key)
        if account is None:
            continue
        count = len(theirs)
        items = [
            Item(
                row.purpose,
                detail=f"{row.doc_id} · waits since {row.requested_at:%-d %b} · {row.release_id}",
                buttons=[Button("Review", "example.review", row.release_id, Tone.PRIMARY)],
            )
            for row in theirs[:10]
        ]
        reply = Reply(
            f"{count} example{'s' if count != 1 else ''} still wait{'' if count != 1 else 's'} for a review.",
            context="Whoever asked can do nothing until somebody has read them.",
            parts=items,
        )
        told += outbox.enqueue(unit, f"release/waiting/{unit.now:%Y-%m-%d}/{key}", account[1], reply, audience=PRIVATE)
    return told


def reviewers(unit: Unit, row: Release) -> list[str]:
    """Return the keys of the people who may review a request: stewards first, admins where there is none."""
    for role in (Role.STEWARD, Role.ADMIN):
        found = [person.key for person in people.of_role(unit.session, role) if person.key != row.requested_by]
        if found:
            return found
    return []


def _facts(work: Work, row: Release, found: Examination) -> list[str]:
    counts = ", ".join(f"{count} {label}" for label, count in row.text.provenance.counts)
    figures = found.figures
    lines = [
        f"Class: {found.sensitivity}{f' ({found.sensitive[0]})' if found.sensitive else ''}.",
        f"Masked: {counts or 'nothing'}; {figures.masked_share:.0%} of the words are placeholders ({row.policy}).",
        f"Kept of the text in the index: {_kept(figures.negations, 'negation')}, {_kept(figures.amounts, 'amount')}.",
        _fidelity(found.fidelity, least=work.desk.catalog.releases.least_fidelity),
        _coarser(found.shown),
        *(f"Look twice at ⟦ ⟧: it {flag}" for flag in found.flags),
    ]
    lines = [line for line in lines if line]
    if found.sensitive:
        lines.append(f"*It speaks of {' and '.join(found.sensitive)}:* it takes a steward's explicit yes.")
    if found.blocks:
        lines.append(f"*It cannot be released today.* {' '.join(found.blocks)}")
    if found.is_changed:
        lines.append("*Today's gate would mask more of it:* refuse it, and have it asked for anew.")
    return lines


def _kept(pair: tuple[int, int], noun: str) -> str:
    kept, of = pair
    return f"no {noun}s to keep" if not of else f"{kept} of {of} {noun}{'s' if of > 1 else ''}"


def _details(shown: Mapping[str, Any]) -> str:
    names: Sequence[str] = ("category", "product", "region", "segment", "received")
    said = " · ".join(str(shown[name]) for name in names if shown.get(name))
    group = int(shown.get("group", 0))
    few = "nothing else (too few customers of the released pool share any detail)"
    return f"{said} ({group:,} customers of the released pool share this)" if said else few


def _coarser(shown: Mapping[str, Any]) -> str:
    lost = shown.get("generalised") or []
    return f"Made coarser until enough customers share it: {', '.join(lost)}." if lost else ""


def _fidelity(found: Mapping[str, Any] | None, *, least: float) -> str:
    if not found:
        return "Context fidelity was not measured: the text was loaded before that was done."
    cosine = float(found["cosine"])
    pairs = [(tuple(found[name]), name.removesuffix("s")) for name in ("negations", "amounts")]
    said = f"Context fidelity {cosine:.2f} (cosine with the original, at intake): the gate left "
    said += ", ".join(_kept((pair[0], pair[1]), noun) for pair, noun in pairs) + "."
    return said + (" *Its meaning may be gone.*" if cosine < least else "")


def _handle(work: Work, key: str) -> str:
    return people.handles(work.session, [key]).get(key, key)

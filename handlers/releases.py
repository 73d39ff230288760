"""``/ops example request | list | release | refuse | withdraw`` and the buttons of a release."""

from __future__ import annotations

import logging

from frontline.core.actor import Audience, AudienceKind
from frontline.core.errors import Conflict, FrontlineError, NotFound, UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form
from frontline.core.ids import new_id
from frontline.core.reply import Button, Outcome, Paragraph, Part, Quote, Reply, Tone
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import outbox, people, quoting, release_endings, release_rows, releases
from frontline.governance.crowds import refresh_pool
from frontline.governance.examination import Examination, access_document, examine, refuse_blocked
from frontline.governance.text_rights import LIBRARY, SHARING, Use
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from frontline.store.work import Unit
from handlers import release_cards as cards
from handlers import release_forms as forms
from handlers.desk import Work
from handlers.registry import Arguments

log = logging.getLogger(__name__)
MOST = 20
# Before the id in a button's value: the asker has seen that today's gate masks more, and asks for that text.
SEEN = "seen "


class AskArguments(Arguments):
    """The document, and what for."""

    value: str = ""
    purpose: AnonymizedText | None = None


class ReleaseArguments(Arguments):
    """The release that is meant."""

    value: str = ""


class LetOutArguments(Arguments):
    """The release, and why words that speak of health, minors or the like may be shown."""

    value: str = ""
    yes: AnonymizedText | None = None


class ReasonArguments(Arguments):
    """The release, and why."""

    value: str = ""
    reason: AnonymizedText | None = None


class MaskArguments(Arguments):
    """The release, and the words to mask. They stay raw in memory: they are what must not be kept."""

    value: str
    words: QuestionText


class ShareArguments(Arguments):
    """The release, and the channel it goes to."""

    value: str = ""
    channel: str = ""


class ListArguments(Arguments):
    """Which list."""

    which: str = ""


def ask(work: Work, arguments: AskArguments) -> Reply:
    """Ask for a document to be released; without a purpose, open the form."""
    doc_id = arguments.value.removeprefix(SEEN).strip()
    if not doc_id:
        raise UsageError(
            "Which example?", next_step="For example: /ops example request complaint-C0000123 for onboarding"
        )
    document = access_document(work.session, work.actor, doc_id, policy=work.desk.policy)
    texts = work.desk.policy.texts
    if arguments.purpose is None:
        return Reply("Request a release", form=forms.purpose_form(arguments.value, texts.purposes()))
    basis = work.desk.catalog.releases.legal_basis
    audience = texts.admit_request(arguments.purpose, basis)
    found = _look(work, document, audience.name)
    refuse_blocked(found)
    if found.is_changed and found.text is not None and not arguments.value.startswith(SEEN):
        return _show_new_text(doc_id, found)
    release_id, purpose = new_id("rel"), arguments.purpose
    if (live := release_rows.live_release(work.session, doc_id)) is not None:
        raise Conflict(f"It is {live.state} already ({live.release_id}).")
    work.audit |= {"release": release_id, "document": doc_id}

    def request(unit: Unit) -> None:
        row = releases.request(
            unit,
            work.actor,
            found,
            purpose=purpose,
            legal_basis=basis,
            release_id=release_id,
            policy=work.desk.policy,
        )
        cards.tell(work, unit, row, cards.reviewers(unit, row), cards.review_card(work, row, found))

    work.effects.append(request)
    note = (
        f" It speaks of {' and '.join(found.sensitive)}, so it takes a steward's explicit yes."
        if found.sensitive
        else ""
    )
    return Reply(
        f"Asked. A reviewer reads it before anybody else sees it.{note}",
        context=f"{release_id} · you are told what came of it.",
        buttons=[Button("Take back", "example.withdraw", release_id)],
    )


def review(work: Work, arguments: ReleaseArguments) -> Reply:
    """Show one waiting request with all that there is to decide on."""
    return cards.review_card(work, *_reviewed(work, arguments.value))


def release(work: Work, arguments: LetOutArguments) -> Reply:
    """Release a waiting request; where it speaks of somebody's health or the like, ask for an explicit yes first."""
    row, found = _reviewed(work, arguments.value)
    if found.sensitive and not arguments.yes:
        work.desk.policy.authorize(work.actor, "example.release_special", f"release:{row.release_id}")
        return Reply("An explicit yes", form=forms.yes_form(row.release_id, found.sensitive))
    release_id, rules = row.release_id, work.desk.catalog.releases
    work.audit |= {"release": release_id, "document": row.doc_id}

    def let_out(unit: Unit) -> None:
        done = releases.release(
            unit, work.actor, release_id, found, days=rules.expiry_days, policy=work.desk.policy, yes=arguments.yes
        )
        refresh_pool(unit, rules)
        told = Reply(
            f"@{work.actor.handle} released your example.",
            context=f"{release_id} · for {rules.expiry_days} days",
            parts=[Quote(done.text)],
            buttons=[Button("Share to channel", "example.share", release_id)],
        )
        cards.tell(work, unit, done, [done.requested_by], told)

    work.effects.append(let_out)
    return Reply(
        f"Released for {rules.expiry_days} days.",
        context=f"{release_id} · agents find it in the library, and it may be quoted to others.",
        parts=[Quote(row.text)],
        buttons=[_undo("example.reopen", release_id)],
        replaces=True,
    )


def refuse(work: Work, arguments: ReasonArguments) -> Reply:
    """Refuse a waiting request with a reason; without one, open the form."""
    release_id = _id(arguments.value)
    if arguments.reason is None:
        releases.access_review(work.session, work.actor, release_id, policy=work.desk.policy)
        reason = Input("reason", "Why not", kind="text", hint="The one who asked reads it.", limit=500)
        return Reply("Refuse", form=Form("example.refuse", "Refuse", [reason], submit="Refuse", state=release_id))
    row = releases.refuse(work.unit, work.actor, release_id, reason=arguments.reason, policy=work.desk.policy)
    work.audit |= {"release": release_id, "document": row.doc_id}
    told = Reply(
        f"@{work.actor.handle} did not release your example.",
        context=row.doc_id,
        parts=[Quote(row.reason)] if row.reason else [],
    )
    cards.tell(work, work.unit, row, [row.requested_by], told)
    return Reply(
        "Refused. The one who asked is told why.", context=release_id, buttons=[_undo("example.reopen", release_id)]
    )


def ask_words(work: Work, arguments: ReleaseArguments) -> Reply:
    """Open the form for words to mask on top."""
    row, _ = releases.access_review(work.session, work.actor, _id(arguments.value), policy=work.desk.policy)
    words = Input(
        "words",
        "Words to mask",
        kind="text",
        hint="One name, place or phrase on each line, as it stands there.",
        limit=1000,
    )
    return Reply("Mask more", form=Form("example.mask", "Mask more", [words], submit="Mask", state=row.release_id))


def mask(work: Work, arguments: MaskArguments) -> Reply:
    """Mask further words of a waiting text and show it again."""
    row = releases.mask_more(work.unit, work.actor, _id(arguments.value), arguments.words, policy=work.desk.policy)
    work.audit |= {"release": row.release_id, "document": row.doc_id}
    return cards.review_card(work, *_reviewed(work, row.release_id))


def withdraw(work: Work, arguments: ReasonArguments) -> Reply:
    """Take a request or a release back at once."""
    release_id = _id(arguments.value)
    before = releases.access_release(work.session, work.actor, release_id, policy=work.desk.policy)
    was_released = before.state == "released"
    row = release_endings.withdraw(work.unit, work.actor, release_id, reason=arguments.reason, policy=work.desk.policy)
    work.audit |= {"release": release_id, "document": row.doc_id}
    refresh_pool(work.unit, work.desk.catalog.releases)
    posted = cards.posted_in(quoting.places_of(work.session, release_id))
    if was_released:
        told = Reply(
            f"@{work.actor.handle} withdrew a released example.",
            context=f"{release_id} · {row.doc_id}. {posted}",
            parts=[Quote(row.reason)] if row.reason else [],
        )
        cards.tell(work, work.unit, row, [key for key in (row.requested_by, row.reviewed_by) if key], told)
        # Searches skip it at once; its vector leaves the index after the commit.
        _project(work)
    gone = (
        "It is out of search, and of every post that has not gone." if was_released else "Nobody reviews it any more."
    )
    return Reply(
        f"Withdrawn. {gone}",
        context=" ".join(part for part in (release_id, posted) if part),
        buttons=[_undo("example.restore", release_id)],
    )


def restore(work: Work, arguments: ReleaseArguments) -> Reply:
    """Undo a withdrawal."""
    window = work.desk.catalog.releases.undo_window
    row = release_endings.undo_withdrawal(
        work.unit, work.actor, _id(arguments.value), within=window, policy=work.desk.policy
    )
    work.audit |= {"release": row.release_id, "document": row.doc_id}
    _project(work)
    if row.state == "expired":
        return Reply(
            "Its text was replaced meanwhile, so the release has ended.",
            context="It can be found inside again; ask for it anew.",
            replaces=True,
        )
    return Reply(f"Taken back: it is {row.state} again.", context=row.release_id, replaces=True)


def reopen(work: Work, arguments: ReleaseArguments) -> Reply:
    """Undo a release or a refusal: it waits again."""
    row = release_endings.undo_review(work.unit, work.actor, _id(arguments.value), policy=work.desk.policy)
    work.audit |= {"release": row.release_id, "document": row.doc_id}
    posted = cards.posted_in(quoting.places_of(work.session, row.release_id))
    review_again = Button("Review", "example.review", row.release_id, Tone.PRIMARY)
    told = Reply(f"@{work.actor.handle} looks at your example once more.", context=f"{row.release_id} · {row.doc_id}")
    cards.tell(work, work.unit, row, [row.requested_by], told)
    return Reply("Taken back: it waits for a review again.", context=posted, buttons=[review_again], replaces=True)


def share(work: Work, arguments: ShareArguments) -> Reply:
    """Post a released quote to a channel; without one, open the form. It is looked at again when it goes."""
    release_id = _id(arguments.value)
    quote = next(
        (quote for quote in _pool(work, SHARING) if quote.release_id == release_id),
        None,
    )
    if quote is None:
        raise NotFound("It is not released any more.", next_step="`/ops example list` shows what is.")
    if not arguments.channel:
        channel = Input("channel", "Channel", kind="channel", hint="Everybody there will read it.")
        return Reply(
            "Share", form=Form("example.share", "Share to channel", [channel], submit="Share", state=release_id)
        )
    audience = Audience(AudienceKind.CHANNEL, channel=arguments.channel)
    work.desk.policy.authorize(work.actor, "share.channel", arguments.channel, audience)
    # The same quote again in the same channel on the same day is a second click.
    key = f"quote/{release_id}/{arguments.channel}/{work.today.isoformat()}"
    post = Reply(
        f"@{work.actor.handle} shares what a customer wrote.",
        context="Released by a reviewer; personal details are masked.",
        parts=[Quote(quote.text, caption=cards.caption_of(quote))],
        outcome=Outcome.ANSWERED,
        in_channel=True,
    )
    is_new = outbox.enqueue(work.unit, key, arguments.channel, post, audience=audience, action=quoting.QUOTE)
    quoting.note_use(work.unit, key, [release_id])
    work.audit |= {"release": release_id, "channel": arguments.channel}
    if not is_new:
        return Reply("It was shared there today already.", exit_code=4)
    return Reply(
        "It is on its way to the channel.",
        context=release_id,
        buttons=[Button("Withdraw", "example.withdraw", release_id)],
    )


def list_examples(work: Work, arguments: ListArguments) -> Reply:
    """List the released examples, or the requests that wait."""
    which = arguments.which.strip().lower() or "released"
    if which == "requested":
        return _list_waiting(work)
    if which != "released":
        raise UsageError(f"There is no list called {which!r}.", next_step="Say requested or released.")
    quotes = _pool(work, LIBRARY)
    if not quotes:
        return Reply(
            "No example is released yet.", context="A trainer asks for one under `/ops example find`.", exit_code=4
        )
    return Reply(
        f"{len(quotes)} released example{'s' if len(quotes) != 1 else ''}, the latest first.",
        context="A person read and released each of them. Do not try to find out who wrote them.",
        parts=[cards.quote_part(work, quote) for quote in quotes[:MOST]],
        outcome=Outcome.ANSWERED,
    )


def home_panel(work: Work) -> list[Part]:
    """Return the lines of App Home about examples: the library, and what waits for this person."""
    policy = work.desk.policy
    pool = _pool(work, LIBRARY)
    waiting = releases.list_releases(work.session, work.actor, policy=policy)
    whose = "wait for a review" if policy.is_allowed(work.actor, "example.release") else "of yours wait for a review"
    head = f"*Examples*\n{len(pool)} released (`/ops example list`), {len(waiting)} {whose}."
    return [Paragraph(head), *(cards.waiting_item(work, row) for row in waiting[:5])]


def _pool(work: Work, use: Use) -> list[releases.ReleasedQuote]:
    return releases.released_quotes(work.session, work.actor, None, at=work.now, policy=work.desk.policy, use=use)


def _list_waiting(work: Work) -> Reply:
    rows = releases.list_releases(work.session, work.actor, policy=work.desk.policy)
    if not rows:
        return Reply("No request waits.", exit_code=4)
    return Reply(
        f"{len(rows)} request{'s wait' if len(rows) != 1 else ' waits'} for a review, the oldest first.",
        parts=[cards.waiting_item(work, row) for row in rows[:MOST]],
        outcome=Outcome.ANSWERED,
    )


def _show_new_text(doc_id: str, found: Examination) -> Reply:
    assert found.text is not None
    return Reply(
        "Nothing was asked yet: today's gate masks more of it.",
        context="This is what others would see.",
        parts=[Quote(found.text, caption=doc_id)],
        buttons=[Button("Request this text", "example.request", f"{SEEN}{doc_id}", Tone.PRIMARY)],
        outcome=Outcome.CLARIFY,
    )


def _reviewed(work: Work, value: str) -> tuple[Release, Examination]:
    row, document = releases.access_review(work.session, work.actor, _id(value), policy=work.desk.policy)
    if row.state != "requested":
        raise Conflict(_decided(work, row))
    return row, _look(work, document, row.audience, row.text)


def _decided(work: Work, row: Release) -> str:
    reviewer = row.reviewed_by or ""
    who = people.handles(work.session, [reviewer]).get(reviewer)
    if who is None or reviewer == work.actor.key or row.state not in ("released", "refused"):
        return f"This is {row.state} already."
    return f"@{who} was faster: it is {row.state} already."


def _look(work: Work, document: Document, audience: str, text: AnonymizedText | None = None) -> Examination:
    rules = work.desk.catalog.releases
    return examine(work.session, document, gate=work.desk.gate, rules=rules, text=text, policy=audience)


def _project(work: Work) -> None:
    """Bring a document that was out of the index back into it, once the commit stands."""

    def project() -> None:
        try:
            work.desk.corpus().index_pending()
        except (FrontlineError, OSError) as error:
            # The undo stands; the next load of documents projects it.
            log.warning("the index waits for the next load: %s", error)

    work.unit.after_commit(project)


def _undo(action: str, release_id: str) -> Button:
    return Button("Undo", action, release_id)


def _id(value: str) -> str:
    release_id = value.strip()
    if not release_id:
        raise UsageError("Which release?", next_step="`/ops example list requested` shows the ids.")
    return release_id

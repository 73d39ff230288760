"""Brings a reply back to where the person spoke."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from bot.envelopes import Envelope
from bot.openings import Opened
from bot.refusals import SlackRefused
from bot.render_csv import csv_name, reply_csv
from bot.render_view import Origin, home_view, render_view, reply_view
from bot.requests import AGAIN, again_value
from bot.response_url import patiently, respond
from bot.transport import SlackTransport, call, post_at_best_level
from frontline.core.errors import EngineError, UncertainDelivery, UsageError
from frontline.core.ports import Posted
from frontline.core.reply import Button, Outcome, Reply, Tone

_log = logging.getLogger(__name__)

_TOO_LATE = Reply("The form could not be opened in time. Please try again.", outcome=Outcome.FAILED)
_NO_CSV = Reply("The table is longer than Slack shows, and I may not attach files here (scope files:write).")
_UPDATE_TRIES = 3


class Answers:
    """Sends replies: in the thread, to the person alone, into a form, or in place of a message."""

    def __init__(self, transport: SlackTransport, *, timeout_s: int, joined: Callable[[str], None]) -> None:
        self._transport = transport
        self._client = transport.client
        self._timeout_s = timeout_s
        self._joined = joined

    def send(self, envelope: Envelope, reply: Reply, *, opened: Opened | None, status: Posted | None) -> bool:
        """Send ``reply``; return whether the person can be taken to have seen it."""
        try:
            if reply.form is not None:
                return self._open_form(envelope, reply, opened, status)
            if opened is not None:
                self._fill(opened, reply_view(reply))
                return True
            self._route(envelope, reply, status)
            self._attach_csv(envelope, reply)
        except EngineError as error:
            _log.error("An answer to %s was lost: %s", envelope.inbound_id, error)
            return False
        return True

    def show_status(self, envelope: Envelope) -> Posted | None:
        """Tell the person that the question has arrived; a message can be replaced by the answer later."""
        looking = Reply("Looking ...")
        if envelope.kind == "command":
            if envelope.response_url:
                respond(envelope.response_url, looking, timeout_s=self._timeout_s)
            return None
        return self._transport.post_reply(
            looking, channel=envelope.channel, key=f"status:{envelope.inbound_id}", thread_ts=_thread_of(envelope)
        )

    def _route(self, envelope: Envelope, reply: Reply, status: Posted | None) -> None:
        match envelope.kind:
            case "message":
                self._say(envelope, reply, status)
            case "home":
                self._publish_home(envelope, reply)
            case "action":
                self._react(envelope, reply)
            case "form":
                self._tell(envelope, reply)
            case _:
                self._respond(envelope, reply)

    def _say(self, envelope: Envelope, reply: Reply, status: Posted | None) -> None:
        """Answer a message where it was said; what nobody asked us stays unsaid."""
        if status is None and not envelope.prompted and _is_small_talk(reply):
            return
        if envelope.thread_key:
            # Before the answer stands there: whoever goes on at once is in a thread of ours.
            self._joined(envelope.thread_key)
        if status is not None:
            self._replace(reply, status, key=envelope.inbound_id, thread_ts=_thread_of(envelope))
        elif not envelope.prompted and reply.outcome is Outcome.DENIED:
            self._whisper(envelope, reply)
        else:
            self._post(reply, channel=envelope.channel, key=envelope.inbound_id, thread_ts=_thread_of(envelope))

    def _respond(self, envelope: Envelope, reply: Reply, *, replace: bool = False, thread_ts: str = "") -> None:
        """Answer by response URL; where that has run out (half an hour, five uses), in a direct message."""
        try:
            if not envelope.response_url:
                raise SlackRefused("no_response_url")
            respond(
                envelope.response_url,
                reply,
                timeout_s=self._timeout_s,
                in_channel=reply.in_channel,
                replace=replace,
                thread_ts=thread_ts,
            )
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            self._post(reply, channel=envelope.user, key=envelope.inbound_id, thread_ts=None)

    def _react(self, envelope: Envelope, reply: Reply) -> None:
        """Answer a click: in place of its message, beside it, or in the view in which the button stood."""
        thread_ts = envelope.thread_ts
        if envelope.surface == "home" and reply.replaces:
            self._publish_home(envelope, reply)
        elif envelope.surface == "home":
            self._post(reply, channel=envelope.user, key=envelope.inbound_id, thread_ts=None)
        elif envelope.surface == "view":
            self._fill(Opened(envelope.view_id, ""), reply_view(reply))
        elif reply.replaces and envelope.surface == "message" and envelope.ts:
            posted = Posted(envelope.channel, envelope.ts)
            self._replace(reply, posted, key=envelope.inbound_id, thread_ts=thread_ts or None)
        elif reply.replaces:
            self._respond(envelope, reply, replace=True)
        elif envelope.surface == "message" and envelope.is_direct:
            self._post(reply, channel=envelope.channel, key=envelope.inbound_id, thread_ts=thread_ts or None)
        elif envelope.surface == "message" and (reply.in_channel or _continues(envelope, reply)):
            root = thread_ts or envelope.ts
            self._joined(f"{envelope.channel}:{root}")
            self._post(reply, channel=envelope.channel, key=envelope.inbound_id, thread_ts=root)
        else:
            self._respond(envelope, reply, thread_ts=thread_ts)

    def _tell(self, envelope: Envelope, reply: Reply) -> None:
        """Answer a form: where it was asked for, else in a direct message."""
        if not envelope.channel or envelope.is_direct:
            to = envelope.channel or envelope.user
            self._post(reply, channel=to, key=envelope.inbound_id, thread_ts=envelope.thread_ts or None)
            return
        try:
            if reply.in_channel:
                thread_ts = envelope.thread_ts or None
                self._post(reply, channel=envelope.channel, key=envelope.inbound_id, thread_ts=thread_ts)
            else:
                self._whisper(envelope, reply)
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            # We are no member there, or the person has left: the answer still arrives.
            self._post(reply, channel=envelope.user, key=envelope.inbound_id, thread_ts=None)

    def _whisper(self, envelope: Envelope, reply: Reply) -> None:
        thread = {"thread_ts": envelope.thread_ts} if envelope.thread_ts else {}

        def send(arguments: dict[str, Any]) -> None:
            shown = {key: arguments[key] for key in ("text", "blocks")}
            to = {"channel": envelope.channel, "user": envelope.user}
            patiently(lambda: call(self._client.chat_postEphemeral, **to, **shown, **thread))

        post_at_best_level(reply, send)

    def _post(self, reply: Reply, *, channel: str, key: str, thread_ts: str | None) -> Posted:
        """Post exactly once: when nobody knows whether Slack took it, look before posting again.

        A direct message to a user id cannot be looked for and is not posted again.
        """

        def post() -> Posted:
            return self._transport.post_reply(reply, channel=channel, key=key, thread_ts=thread_ts)

        try:
            return patiently(post)
        except UncertainDelivery:
            if channel.startswith(("U", "W")):
                raise
            since = float(thread_ts or 0)
            found = patiently(lambda: self._transport.find(channel=channel, key=key, since=since, thread_ts=thread_ts))
            return found[0] if found else patiently(post)

    def _replace(self, reply: Reply, posted: Posted, *, key: str, thread_ts: str | None) -> None:
        """Replace a message; an update may be repeated, and where the message has gone the reply is posted."""
        for left in range(_UPDATE_TRIES - 1, -1, -1):
            try:
                patiently(lambda: self._transport.update_reply(reply, posted=posted))
                return
            except UncertainDelivery:
                if not left:
                    raise
            except SlackRefused as refused:
                if not refused.permanent:
                    raise
                self._post(reply, channel=posted.channel, key=key, thread_ts=thread_ts)
                return

    def _publish_home(self, envelope: Envelope, reply: Reply) -> None:
        call(self._client.views_publish, user_id=envelope.user, view=home_view(reply))

    def _open_form(self, envelope: Envelope, reply: Reply, opened: Opened | None, status: Posted | None) -> bool:
        """Show the form in the view that is open already, open one while the trigger lives, or offer a button."""
        assert reply.form is not None
        if not envelope.trigger_id:
            button = Button(reply.form.title, AGAIN, again_value(envelope.text), Tone.PRIMARY)
            self._route(envelope, reply.with_(form=None, buttons=[*reply.buttons, button]), status)
            return True
        origin = Origin(envelope.channel, envelope.thread_ts)
        try:
            view = render_view(reply.form, origin=origin)
        except UsageError as error:
            view = reply_view(Reply(str(error), outcome=Outcome.FAILED))
        if opened is not None:
            self._fill(opened, view)
            return True
        try:
            method = self._client.views_push if envelope.surface == "view" else self._client.views_open
            call(method, trigger_id=envelope.trigger_id, view=view)
        except SlackRefused as refused:
            _log.info("A form came too late: %s", refused.code)
            self._route(envelope, _TOO_LATE, None)
        return True

    def _fill(self, opened: Opened, view: dict[str, Any]) -> None:
        guard = {"hash": opened.hash} if opened.hash else {}
        try:
            patiently(lambda: call(self._client.views_update, view_id=opened.view_id, view=view, **guard))
        except SlackRefused as refused:
            # Closed by the person, or changed by a newer click: nobody waits for this one.
            if refused.code not in ("not_found", "hash_conflict", "view_not_found"):
                raise

    def _attach_csv(self, envelope: Envelope, reply: Reply) -> None:
        """Send what a table could not show as a file: in the thread of the answer, or to the person alone."""
        text = reply_csv(reply)
        if text is None or envelope.kind == "home":
            return
        if envelope.kind == "message":
            channel, thread_ts = envelope.channel, _thread_of(envelope)
        else:
            cover = Reply(f"Here is the whole table as a file: {csv_name(reply)}.")
            posted = self._post(cover, channel=envelope.user, key=f"{envelope.inbound_id}:csv", thread_ts=None)
            channel, thread_ts = posted.channel, posted.ts
        if not self._transport.upload_csv(text, name=csv_name(reply), channel=channel, thread_ts=thread_ts):
            self._post(_NO_CSV, channel=channel, key=f"{envelope.inbound_id}:nocsv", thread_ts=thread_ts)


def _thread_of(envelope: Envelope) -> str | None:
    """Return the thread in which a message is answered; a direct message is answered below, not beside."""
    if envelope.is_direct:
        return envelope.thread_ts or None
    return envelope.thread_ts or envelope.ts


def _continues(envelope: Envelope, reply: Reply) -> bool:
    """Whether a click goes on with a question in its thread: there the answers stand in the open, as the first did.

    The click was judged by the channel's audience. What confirms that something was done stays with the person.
    """
    return not reply.for_one and bool(envelope.thread_ts) and reply.outcome in (Outcome.ANSWERED, Outcome.CLARIFY)


def _is_small_talk(reply: Reply) -> bool:
    answer = reply.answer or {}
    return reply.outcome is Outcome.ABSTAINED and answer.get("intent") == "none"

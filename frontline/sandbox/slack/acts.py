"""What a person does in the workspace, and what that sends to the app. Driver and page both act through here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frontline.core.errors import NotFound, NotPermitted
from frontline.sandbox.slack import cast, payloads, surfaces
from frontline.sandbox.slack.blocks import BlockJudge
from frontline.sandbox.slack.calls import Grants
from frontline.sandbox.slack.courier import Courier, event_shipment
from frontline.sandbox.slack.events import (
    EVENT_SCOPES,
    home_event,
    mention_event,
    message_event,
    subscription_of,
    wrap_event,
)
from frontline.sandbox.slack.inputs import Placed, entered_state, form_state, missing_fields
from frontline.sandbox.slack.manifests import Installed
from frontline.sandbox.slack.messages_api import respond
from frontline.sandbox.slack.records import Channel, Json, Message, StoredFile, User, View
from frontline.sandbox.slack.refusals import Refusal
from frontline.sandbox.slack.shipments import Ack, Shipment
from frontline.sandbox.slack.tickets import ResponseUrl
from frontline.sandbox.slack.views_api import checked_definition, view_object
from frontline.sandbox.slack.workspace import Workspace

SLACKBOT = "USLACKBOT"
TROUBLE = "We had some trouble connecting. Try again?"
_NAMED = re.compile(r"(?<![\w<&])([@#])([\w.-]*\w)")


@dataclass(frozen=True)
class Said:
    """A message that a person wrote, and the events it caused."""

    message: Message
    shipments: tuple[Shipment, ...]

    @property
    def ts(self) -> str:
        """The timestamp of the message."""
        return self.message.ts

    @property
    def channel(self) -> str:
        """The channel id of the message."""
        return self.message.channel


@dataclass
class Acts:
    """Everything people can do. ``installed`` is what the app's manifest asked for."""

    workspace: Workspace
    courier: Courier
    judge: BlockJudge
    grants: Grants
    installed: Installed = field(default_factory=Installed)

    # -- talking --------------------------------------------------------------------------------------------------

    def say(self, user: User, channel: Channel, text: str, *, thread_ts: str | None = None) -> Said:
        """Write a message; @names and #channels become mentions as in Slack's composer."""
        self._check_member(user, channel)
        message = Message(channel.id, self.workspace.next_ts(), user.id, self.encode(text), thread_ts=thread_ts)
        message.client_msg_id = self.workspace.next_id("M")
        self.workspace.add_message(message)
        sent = [self.publish(message_event(message, channel, user), channel)]
        if f"<@{cast.BOT_USER_ID}>" in message.text and channel.kind != "im":
            if cast.BOT_USER_ID in channel.members:
                sent.append(self.publish(mention_event(message, channel, user), channel))
            else:
                self.tell(user, channel, f"Frontline is not in #{channel.name}: invite it, or ask in another channel.")
        return Said(message, tuple(shipment for shipment in sent if shipment is not None))

    def upload(self, user: User, channel: Channel, name: str, content: bytes) -> Said:
        """Share a file in a conversation, as the composer's paper clip does."""
        self._check_member(user, channel)
        file = StoredFile(self.workspace.next_id("F"), name, len(content), user.id, name, content, uploaded=True)
        self.workspace.files[file.id] = file
        shown = [file.to_api(self.workspace.base_url)]
        message = Message(channel.id, self.workspace.next_ts(), user.id, "", files=shown)
        message.client_msg_id = self.workspace.next_id("M")
        self.workspace.add_message(message)
        sent = self.publish(message_event(message, channel, user), channel)
        return Said(message, (sent,) if sent is not None else ())

    def encode(self, text: str) -> str:
        """Return typed text as Slack stores it: & < > escaped, names resolved to ids."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        # Already encoded mentions (<@U...>, <#C...>) pass as they are.
        escaped = re.sub(r"&lt;([@#][A-Z0-9]+(?:\|[^&]*)?)&gt;", r"<\1>", escaped)
        return _NAMED.sub(self._resolve, escaped)

    def publish(self, event: Json, channel: Channel | None) -> Shipment | None:
        """Send an event to the app if it is subscribed and can see the channel."""
        if channel is not None and cast.BOT_USER_ID not in channel.members:
            return None
        subscription = subscription_of(event, channel)
        if not self.installed.wants(subscription):
            return None
        if (scope := EVENT_SCOPES.get(subscription)) and not self.grants.allow(scope):
            return None
        body = wrap_event(
            event,
            event_id=self.workspace.next_id("Ev"),
            event_time=int(self.workspace.now().timestamp()),
            is_shared=channel is not None and channel.is_shared,
            token=payloads.TOKEN,
        )
        return self.courier.ship(event_shipment(body))

    def tell(self, user: User, channel: Channel, text: str, *, thread_ts: str | None = None) -> Message:
        """Show a notice of the workspace itself that only ``user`` sees."""
        notice = Message(channel.id, self.workspace.next_ts(), SLACKBOT, text, ephemeral_for=user.id)
        notice.thread_ts = thread_ts
        return self.workspace.add_message(notice)

    # -- commands and shortcuts -----------------------------------------------------------------------------------

    def command(self, user: User, channel: Channel, command: str, text: str) -> Shipment:
        """Run a slash command. Works where the app is no member; Slack has none inside threads.

        Raises:
            NotFound: a command that the app did not register.
        """
        self._check_member(user, channel)
        known = self.installed.command(command)
        if known is None or not self.grants.allow("commands"):
            offered = ", ".join(str(each["command"]) for each in self.installed.commands)
            raise NotFound(f"{command} is not a valid command.", next_step=f"Known: {offered}.")
        url = self.workspace.tickets.issue_url(user.id, channel.id)
        text = self.encode(text) if known.get("should_escape") else _escape(text)
        body = payloads.command_payload(
            user,
            channel,
            command=command,
            text=text,
            trigger_id=self.workspace.tickets.issue_trigger(user.id),
            response_url=self._address(url),
        )
        return self.courier.ship(
            Shipment("slash_commands", body), on_ack=lambda ack: self._after_command(user, channel, command, url, ack)
        )

    def shortcut(self, user: User, callback_id: str, message: Message | None = None) -> Shipment:
        """Use a message shortcut (or, without a message, a global one)."""
        now = self.workspace.next_ts()
        if message is None:
            body = payloads.shortcut_payload(user, callback_id, action_ts=now)
        else:
            channel = self.workspace.channel(message.channel)
            body = payloads.message_action_payload(user, callback_id, message, channel, action_ts=now)
            url = self.workspace.tickets.issue_url(user.id, channel.id, message_ts=message.ts)
            body["response_url"] = self._address(url)
        body["trigger_id"] = self.workspace.tickets.issue_trigger(user.id)
        return self._interact(user, body)

    # -- pressing and choosing ------------------------------------------------------------------------------------

    def press(self, user: User, source: Message | View, placed: Placed, value: Any = None) -> Shipment:
        """Press a button, or choose ``value`` in a select, overflow, date picker ..."""
        is_message = isinstance(source, Message)
        channel = self.workspace.channel(source.channel) if isinstance(source, Message) else None
        if isinstance(source, View):
            block_id, action_id = str(placed.block.get("block_id")), str(placed.element["action_id"])
            if placed.element["type"] not in ("button", "overflow"):
                source.values.setdefault(block_id, {})[action_id] = entered_state(placed.element, value)
        body = payloads.action_payload(
            user,
            placed.element,
            placed.block,
            source=source,
            channel=channel,
            value=value,
            action_ts=self.workspace.next_ts(),
        )
        parent = None if is_message else source.id if isinstance(source, View) else None
        body["trigger_id"] = self.workspace.tickets.issue_trigger(user.id, parent_view=parent)
        if isinstance(source, Message) and channel is not None:
            url = self.workspace.tickets.issue_url(
                user.id, channel.id, message_ts=source.ts, thread_ts=source.thread_ts
            )
            body["response_url"] = self._address(url)
        return self._interact(user, body)

    # -- modals and home ------------------------------------------------------------------------------------------

    def submit(self, user: User, view: View, values: Mapping[str, Any]) -> Shipment | None:
        """Submit a modal. Returns None when Slack's own client refuses: a required field is empty."""
        blocks = view.definition["blocks"]
        state = form_state(blocks, values, before=view.values)
        view.values, view.errors, view.trouble = state, missing_fields(blocks, state), ""
        surfaces.touch_view(self.workspace, view)
        if view.errors:
            return None
        trigger = self.workspace.tickets.issue_trigger(user.id, parent_view=view.id)
        body = {**payloads.submission_payload(user, view), "trigger_id": trigger}
        return self.courier.ship(Shipment("interactive", body), on_ack=lambda ack: self._after_submit(user, view, ack))

    def close(self, user: User, view: View, *, all_of_them: bool = False) -> Shipment | None:
        """Close a modal; the app hears of it only when it asked to."""
        if all_of_them:
            surfaces.close_all(self.workspace, user=user.id)
        else:
            surfaces.close_view(self.workspace, view)
        if not view.definition.get("notify_on_close"):
            return None
        return self._interact(user, payloads.closed_payload(user, view, cleared=all_of_them))

    def open_home(self, user: User, *, tab: str = "home") -> Shipment | None:
        """Open App Home (or its Messages tab)."""
        home = self.workspace.home_view(user.id)
        event = home_event(
            user,
            tab=tab,
            channel=self.workspace.open_dm(user.id).id,
            event_ts=self.workspace.next_ts(),
            view=view_object(home) if home else None,
        )
        return self.publish(event, None)

    # -- what the app answered ------------------------------------------------------------------------------------

    def _after_command(self, user: User, channel: Channel, command: str, url: ResponseUrl, ack: Ack) -> None:
        if not ack.is_ok:
            error = "operation_timeout" if "timeout" in ack.reason else "dispatch_failed"
            self.tell(user, channel, f"{command} failed with the error “{error}”")
        elif ack.payload.get("text") or ack.payload.get("blocks"):
            try:
                respond(self.workspace, self.judge, url, ack.payload)
            except Refusal:
                self.tell(user, channel, f"{command} failed with the error “invalid_command_response”")

    def _after_submit(self, user: User, view: View, ack: Ack) -> None:
        try:
            self._apply(user, view, ack)
        except Refusal:
            view.trouble = TROUBLE
            surfaces.touch_view(self.workspace, view)

    def _apply(self, user: User, view: View, ack: Ack) -> None:
        action = ack.payload.get("response_action")
        if not ack.is_ok:
            raise Refusal("trouble")
        if action == "errors":
            inputs = {b.get("block_id") for b in view.definition["blocks"] if b.get("type") == "input"}
            view.errors = {str(key): str(text) for key, text in ack.payload.get("errors", {}).items()}
            # An error for a block that is no input makes Slack drop the whole answer.
            if not view.errors or not set(view.errors) <= inputs:
                view.errors = {}
                raise Refusal("trouble")
            surfaces.touch_view(self.workspace, view)
        elif action == "update":
            definition = checked_definition(self.judge, ack.payload.get("view"), kind="modal")
            surfaces.update_view(self.workspace, view, definition)
        elif action == "push":
            definition = checked_definition(self.judge, ack.payload.get("view"), kind="modal")
            surfaces.push_modal(self.workspace, user=user.id, definition=definition)
        elif action == "clear":
            surfaces.close_all(self.workspace, user=user.id)
        else:
            surfaces.close_view(self.workspace, view)

    def _interact(self, user: User, body: Json) -> Shipment:
        def after(ack: Ack) -> None:
            if not ack.is_ok:
                self.workspace.note("trouble", user=user.id, text=TROUBLE)

        return self.courier.ship(Shipment("interactive", body), on_ack=after)

    # -- small things ---------------------------------------------------------------------------------------------

    def again(self, shipment: Shipment, *, new_event_id: bool = False, reason: str = "timeout") -> Shipment:
        """Deliver an event once more, as Slack does when it missed the ack."""
        body = dict(shipment.payload)
        if new_event_id:
            body["event_id"] = self.workspace.next_id("Ev")
        return self.courier.ship(replace_shipment(shipment, body), retry=1, reason=reason)

    def _address(self, url: ResponseUrl) -> str:
        return f"{self.workspace.base_url}/response/{url.id}"

    def _check_member(self, user: User, channel: Channel) -> None:
        if user.id not in channel.members:
            raise NotPermitted(
                f"{user.name} is no member of #{channel.name or 'this conversation'}.",
                policy_id="sandbox.membership",
                next_step="Act as somebody who is, or pick another channel.",
            )

    def _resolve(self, found: re.Match[str]) -> str:
        sign, name = found.groups()
        if sign == "@":
            user = next((u for u in self.workspace.users.values() if u.handle == name), None)
            return f"<@{user.id}>" if user else found.group(0)
        channel = next((c for c in self.workspace.channels.values() if c.name == name), None)
        return f"<#{channel.id}|{channel.name}>" if channel else found.group(0)


def replace_shipment(shipment: Shipment, body: Json) -> Shipment:
    """Return a fresh shipment of the same kind."""
    return Shipment(shipment.kind, body)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

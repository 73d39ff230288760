"""A small real Bolt app that the tests of the stand-in drive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

from frontline.sandbox.slack.server import SandboxSlack

NOTE_FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "A note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "mood",
            "optional": True,
            "label": {"type": "plain_text", "text": "Mood"},
            "element": {
                "type": "static_select",
                "action_id": "pick",
                "options": [
                    {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
                    {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
                ],
            },
        },
    ],
}


def buttons(*labels: str) -> list[dict[str, Any]]:
    """Return an actions block with one button per label."""
    elements = [
        {
            "type": "button",
            "action_id": f"press_{label.lower()}",
            "text": {"type": "plain_text", "text": label},
            "value": label,
        }
        for label in labels
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Pick one"}},
        {"type": "actions", "block_id": "row", "elements": elements},
    ]


def build_echo_app(sandbox: SandboxSlack) -> tuple[App, list[str]]:
    """Return the app and the list in which it notes what it saw."""
    seen: list[str] = []
    client = WebClient(token=sandbox.bot_token, base_url=sandbox.base_url, retry_handlers=[])
    app = App(client=client, signing_secret=sandbox.signing_secret)

    @app.command("/ask")
    def ask(ack: Any, command: Any, respond: Any) -> None:
        ack("Looking at it")
        respond(f"You asked: {command['text']}")

    @app.command("/tag")
    def tag(ack: Any, command: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=NOTE_FORM)

    @app.event("app_mention")
    def mentioned(event: Any, say: Any) -> None:
        seen.append(f"mention:{event['ts']}")
        say(text=f"Hello <@{event['user']}>", thread_ts=event["ts"], blocks=buttons("Yes", "No"))

    @app.event("message")
    def chatter(event: Any, say: Any) -> None:
        seen.append(f"message:{event.get('channel_type')}:{event.get('subtype', '')}")
        if event.get("channel_type") == "im" and not event.get("subtype"):
            say(f"Private echo: {event['text']}")

    @app.action("press_yes")
    def yes(ack: Any, body: Any, respond: Any) -> None:
        ack()
        respond(replace_original=True, text=f"Decided by {body['user']['name']}")

    @app.action("press_no")
    def no(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=NOTE_FORM)

    @app.view("note")
    def noted(ack: Any, view: Any, body: Any, client: Any) -> None:
        words = view["state"]["values"]["words"]["text"]["value"]
        if len(words) < 5:
            ack(response_action="errors", errors={"words": "Too short to be useful."})
            return
        ack()
        seen.append(f"note:{words}:{view['state']['values']['mood']['pick']['selected_option']}")
        client.chat_postMessage(channel=body["user"]["id"], text=f"Noted: {words}")

    @app.view_closed("note")
    def closed(ack: Any) -> None:
        ack()
        seen.append("closed")

    @app.shortcut("tag_request")
    def tag_request(ack: Any, shortcut: Any, client: Any) -> None:
        ack()
        seen.append(f"shortcut:{shortcut['message']['text']}")
        client.views_open(trigger_id=shortcut["trigger_id"], view=NOTE_FORM)

    @app.event("app_home_opened")
    def home(event: Any, client: Any) -> None:
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Your desk"}}, *buttons("Yes")]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    return app, seen


@contextmanager
def over_socket(sandbox: SandboxSlack, app: App) -> Iterator[SocketModeHandler]:
    """Run the app in Socket Mode."""
    handler = SocketModeHandler(app, sandbox.app_token)
    handler.connect()
    sandbox.wait_connected()
    try:
        yield handler
    finally:
        # The client's own close waits out its 3 s receive time-out unless the other side hangs up first.
        handler.client.auto_reconnect_enabled = False
        sandbox.drop_connections()
        sandbox.wait_for(lambda: not handler.client.is_connected())
        handler.close()


@contextmanager
def over_http(sandbox: SandboxSlack, app: App) -> Iterator[str]:
    """Run the app behind a threaded HTTP server and deliver there."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name: [value] for name, value in self.headers.items()}
            answer = app.dispatch(BoltRequest(body=body, headers=headers))
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    sandbox.deliver_to(url)
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()

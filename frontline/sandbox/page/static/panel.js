// The panel on the right: a thread, or the raw payload of a message.

import { get } from "./api.js";
import { composer } from "./composer.js";
import { byId, el } from "./dom.js";
import { drawList } from "./messages.js";
import { roomName, state } from "./state.js";

let openFor = null;
let returnTo = null;

function frame(title, body, foot) {
  const head = el("header", { class: "panel-head" }, el("h2", {}, title), el("button", { type: "button", class: "quiet", "aria-label": "Close panel", onclick: closePanel }, "✕"));
  byId("panel").replaceChildren(head, body, ...(foot ? [foot] : []));
  byId("panel").hidden = false;
  byId("app").classList.add("with-panel");
}

export function openThread(ts) {
  returnTo = document.activeElement;
  Object.assign(state, { thread: ts, raw: null });
  openFor = null;
  drawPanel();
}

export async function openRaw(ts) {
  returnTo = document.activeElement;
  Object.assign(state, { thread: null, raw: ts });
  openFor = null;
  const raw = await get("/sandbox/raw", { as: state.viewer, channel: state.room, ts });
  const body = el("div", { class: "panel-body", tabindex: 0 });
  for (const [title, key] of [["As the app sent it", "sent"], ["As the workspace keeps it", "stored"]]) {
    if (!Object.keys(raw[key]).length) continue;
    body.append(el("h3", { class: "raw-title" }, title), el("pre", { class: "raw" }, JSON.stringify(raw[key], null, 2)));
  }
  frame("Raw payload", body);
  body.focus();
}

export function closePanel() {
  Object.assign(state, { thread: null, raw: null });
  openFor = null;
  byId("panel").hidden = true;
  byId("panel").replaceChildren();
  byId("app").classList.remove("with-panel");
  if (returnTo?.isConnected) returnTo.focus();
}

export function drawPanel() {
  if (!state.thread) return;
  const list = state.messages.filter((m) => m.ts === state.thread || m.thread_ts === state.thread);
  if (!list.length) return closePanel();
  if (openFor !== state.thread) {
    openFor = state.thread;
    const body = el("div", { class: "panel-body", id: "thread-list" });
    const foot = el("div", { class: "composer" });
    frame(state.room === state.boot.dm ? `Thread with ${roomName(state.room)}` : `Thread in #${roomName(state.room)}`, body, foot);
    const box = composer(foot, { target: () => ({ channel: state.room, thread_ts: state.thread }), placeholder: "Reply in this thread", id: "thread-text" });
    drawList(body, list, { inspect: openRaw, isThread: true });
    body.scrollTop = body.scrollHeight;
    return box.focus();
  }
  const body = byId("thread-list");
  const isAtEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 80;
  drawList(body, list, { inspect: openRaw, isThread: true });
  if (isAtEnd) body.scrollTop = body.scrollHeight;
}

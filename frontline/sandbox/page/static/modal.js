// The modal on top of the stack. A native <dialog> keeps the focus inside and closes with Escape.

import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { byId, el } from "./dom.js";
import { unescape } from "./mrkdwn.js";
import { state } from "./state.js";

let drawn = { id: null, rev: null };
let readers = new Map();
let isClosing = false;
// Forms that were submitted or closed here: an answer that was asked for before does not open them again.
const finished = new Set();

export function showModal(view) {
  if (view && finished.has(view.id)) return;
  const dialog = byId("modal");
  state.modal = view;
  if (!view) {
    drawn = { id: null, rev: null };
    if (dialog.open) {
      isClosing = true;
      dialog.close();
      isClosing = false;
    }
    return;
  }
  if (drawn.id === view.id && drawn.rev === view.rev) return;
  // What was typed survives a redraw (an inline error, an update) of the same form.
  const entered = drawn.id === view.id ? readAll() : {};
  const focused = drawn.id === view.id ? document.activeElement?.closest("[data-block]")?.dataset.block : null;
  drawn = { id: view.id, rev: view.rev };
  draw(dialog, view, entered);
  if (!dialog.open) dialog.showModal();
  focusFirst(dialog, view, focused);
}

function readAll() {
  return Object.fromEntries([...readers].map(([block, read]) => [block, read()]));
}

function draw(dialog, view, entered) {
  readers = new Map();
  const { definition } = view;
  const act = (one, block, value) =>
    post("/sandbox/press", { as: state.viewer, view_id: view.id, block_id: block.block_id, action_id: one.action_id, value });
  const context = { act, entered, errors: view.errors, readers };
  const submit = definition.submit && el("button", { type: "submit", class: "button primary" }, unescape(definition.submit.text));
  const close = el("button", { type: "button", class: "button", onclick: dismiss }, unescape(definition.close?.text || "Close"));
  const form = el(
    "form",
    { class: "dialog-form", novalidate: true },
    el(
      "div",
      { class: "dialog-head" },
      el("h2", { id: "modal-title" }, unescape(definition.title.text)),
      el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: dismiss }, "✕"),
    ),
    el("div", { class: "dialog-body" }, blocks(definition.blocks, context)),
    view.trouble && el("p", { class: "dialog-trouble", role: "alert" }, view.trouble),
    el("div", { class: "dialog-foot" }, close, submit),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!submit || submit.getAttribute("aria-busy")) return;
    submit.setAttribute("aria-busy", "true");
    const views = await post("/sandbox/submit", { as: state.viewer, view_id: view.id, values: readAll() });
    submit.removeAttribute("aria-busy");
    if (views) showAfter(view, views.modal);
  });
  dialog.replaceChildren(form);
  dialog.onclose = () => isClosing || dismiss();
  dialog.oncancel = (event) => {
    event.preventDefault();
    dismiss();
  };
}

async function dismiss() {
  const view = state.modal;
  if (!view) return;
  const views = await post("/sandbox/close", { as: state.viewer, view_id: view.id });
  if (views) showAfter(view, views.modal);
  else showModal(null);
}

function showAfter(done, next) {
  if (!next) finished.add(done.id);
  showModal(next);
}

function focusFirst(dialog, view, focused) {
  const wrong = Object.keys(view.errors)[0];
  const wanted = wrong || focused;
  const field = wanted ? dialog.querySelector(`[data-block="${CSS.escape(wanted)}"]`) : dialog.querySelector("[data-block]");
  field?.querySelector("input, textarea, select")?.focus();
}

// The message box: Enter sends, Shift+Enter breaks the line, "/" and "@" and "#" offer what exists.

import { post } from "./api.js";
import { el, freshId } from "./dom.js";
import { state } from "./state.js";

export function composer(root, { target, placeholder, id }) {
  const listId = freshId("suggest");
  const text = el("textarea", { id, rows: 1, placeholder, "aria-label": placeholder, role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", autocomplete: "off" });
  const send = el("button", { type: "submit", class: "send", disabled: true }, "Send");
  const list = el("ul", { class: "suggest", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const form = el("form", {}, text, send);
  let offered = [];
  let at = -1;

  function refresh() {
    send.disabled = !text.value.trim();
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
    offered = suggestions(text.value.slice(0, text.selectionStart), Boolean(target().thread_ts));
    at = offered.length ? 0 : -1;
    drawList();
  }

  function drawList() {
    list.hidden = !offered.length;
    text.setAttribute("aria-expanded", String(!list.hidden));
    list.replaceChildren(
      ...offered.map((one, i) =>
        el("li", { role: "option", id: `${listId}-${i}`, "aria-selected": i === at ? "true" : "false", onmousedown: (event) => { event.preventDefault(); take(i); } }, el("b", {}, one.label), el("span", {}, one.note)),
      ),
    );
    if (at >= 0 && offered.length) text.setAttribute("aria-activedescendant", `${listId}-${at}`);
    else text.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function take(i) {
    const one = offered[i];
    const end = text.selectionStart;
    text.value = text.value.slice(0, end - one.typed) + one.insert + text.value.slice(end);
    const caret = end - one.typed + one.insert.length;
    text.setSelectionRange(caret, caret);
    offered = [];
    drawList();
    send.disabled = !text.value.trim();
  }

  function isHalfTyped(one) {
    const end = text.selectionStart;
    return !one.isExample && text.value.slice(end - one.typed, end) !== one.label;
  }

  text.addEventListener("input", refresh);
  text.addEventListener("blur", () => { offered = []; drawList(); });
  text.addEventListener("keydown", (event) => {
    if (offered.length && ["ArrowDown", "ArrowUp", "Tab", "Escape"].includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Tab") return take(at);
      if (event.key === "Escape") offered = [];
      else at = (at + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
      return drawList();
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      // A half-typed command or name is completed first; a whole one is sent.
      if (offered.length && isHalfTyped(offered[at])) return take(at);
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    refresh();
    const answer = await post("/sandbox/say", { as: state.viewer, text: words, ...target() });
    if (!answer) {
      text.value = words;
      refresh();
    }
  });
  root.replaceChildren(list, form, el("p", { class: "foot" }, "Enter sends, Shift+Enter starts a new line, / lists commands, @frontline asks in the open"));
  return {
    fill(words) {
      text.value = words;
      refresh();
      offered = [];
      drawList();
      text.focus();
    },
    focus: () => text.focus(),
  };
}

function suggestions(typed, isThread) {
  const { boot } = state;
  const command = typed.match(/^\/\S*$/);
  if (command && !isThread) {
    return boot.commands
      .filter((one) => one.command.startsWith(typed))
      .map((one) => ({ label: one.command, note: `${one.description}${one.usage_hint ? `, for example: ${one.command} ${one.usage_hint}` : ""}`, insert: `${one.command} `, typed: typed.length }));
  }
  const withCommand = typed.match(/^(\/\w+) $/);
  if (withCommand && !isThread) {
    return boot.hints
      .filter((hint) => hint.text.startsWith(withCommand[0]))
      .map((hint) => ({ label: hint.text, note: hint.note, insert: hint.text, typed: typed.length, isExample: true }));
  }
  const name = typed.match(/(?:^|\s)([@#])([\w.-]*)$/);
  if (!name) return [];
  const people = [{ handle: boot.bot.handle, name: `${boot.bot.name}, the assistant` }, ...boot.people];
  const pool = name[1] === "@" ? people.map((one) => [one.handle, one.name]) : boot.channels.map((one) => [one.name, one.purpose]);
  return pool
    .filter(([handle]) => handle.startsWith(name[2]))
    .slice(0, 8)
    .map(([handle, note]) => ({ label: `${name[1]}${handle}`, note, insert: `${name[1]}${handle} `, typed: name[2].length + 1 }));
}

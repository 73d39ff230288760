// Buttons, selects, overflow menus, pickers: what a person can press inside a message, a modal or App Home.

import { askConfirm } from "./confirm.js";
import { el, freshId } from "./dom.js";
import { unescape } from "./mrkdwn.js";
import { state } from "./state.js";

export function element(one, block, context) {
  if (one.type === "button" || one.type === "workflow_button") return button(one, block, context);
  if (one.type === "overflow") return overflow(one, block, context);
  if (one.type === "image") return el("div", { class: "picture", role: "img", "aria-label": one.alt_text }, one.alt_text);
  if (one.type === "feedback_buttons") return feedback(one, block, context);
  if (one.type === "icon_button") return button({ ...one, type: "button" }, block, context);
  if (one.type === "checkboxes" || one.type === "radio_buttons") return ticks(one, block, context);
  if (one.type.endsWith("picker")) return picker(one, block, context);
  if (one.type.endsWith("_select")) return select(one, block, context);
  return el("span", { class: "unknown" }, `“${one.type}” is not drawn here`);
}

async function press(node, one, block, context, value) {
  if (one.confirm && !(await askConfirm(one.confirm))) return;
  node.setAttribute("aria-busy", "true");
  await context.act(one, block, value);
  node.removeAttribute("aria-busy");
}

function button(one, block, context) {
  const classes = ["button", one.style].filter(Boolean).join(" ");
  const label = one.accessibility_label || undefined;
  const node = el("button", { type: "button", class: classes, "aria-label": label, "data-action": one.action_id }, unescape(one.text.text));
  node.addEventListener("click", () => node.getAttribute("aria-busy") || press(node, one, block, context));
  return node;
}

function feedback(one, block, context) {
  const pair = [one.positive_button, one.negative_button].filter(Boolean);
  return pair.map((each) => {
    const node = el("button", { type: "button", class: "button" }, each.text.text);
    node.addEventListener("click", () => press(node, one, block, context, each.value));
    return node;
  });
}

function overflow(one, block, context) {
  const id = freshId("menu");
  const opener = el("button", { type: "button", class: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id, "aria-label": "More actions" }, "⋯");
  const list = el("div", { class: "menu-list", id, role: "menu", hidden: true });
  for (const option of one.options) {
    const choose = () => {
      close(true);
      press(opener, one, block, context, option.value);
    };
    list.append(el("button", { type: "button", role: "menuitem", onclick: choose }, unescape(option.text.text)));
  }
  function close(refocus) {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (refocus) opener.focus();
  }
  opener.addEventListener("click", () => {
    list.hidden = !list.hidden;
    opener.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.querySelector("button").focus();
  });
  const wrap = el("span", { class: "menu" }, opener, list);
  wrap.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close(true);
    } else if (event.key === "ArrowDown" && at >= 0) items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp" && at >= 0) items[(at + items.length - 1) % items.length].focus();
    else return;
    event.preventDefault();
  });
  wrap.addEventListener("focusout", (event) => wrap.contains(event.relatedTarget) || close(false));
  return wrap;
}

function select(one, block, context) {
  const isMany = one.type.startsWith("multi_");
  const label = one.placeholder?.text || "Choose";
  const node = el("select", { class: "choose", "aria-label": label, multiple: isMany, "data-action": one.action_id });
  if (!isMany) node.append(el("option", { value: "" }, label));
  fillOptions(node, one);
  node.addEventListener("change", () => {
    const value = isMany ? [...node.selectedOptions].map((option) => option.value) : node.value;
    if (value.length) press(node, one, block, context, value);
  });
  return node;
}

export function fillOptions(node, one) {
  const chosen = new Set([one.initial_option, ...(one.initial_options || [])].filter(Boolean).map((o) => o.value));
  for (const key of ["initial_user", "initial_channel", "initial_conversation"]) if (one[key]) chosen.add(one[key]);
  const add = (parent, [value, label]) => parent.append(el("option", { value, selected: chosen.has(value) }, label));
  for (const group of one.option_groups || []) {
    const parent = el("optgroup", { label: group.label.text });
    for (const option of group.options) add(parent, [option.value, unescape(option.text.text)]);
    node.append(parent);
  }
  for (const option of plainOptions(one)) add(node, option);
}

export function plainOptions(one) {
  if (one.type.includes("users")) return state.boot.people.map((person) => [person.id, person.name]);
  if (one.type.includes("channels") || one.type.includes("conversations")) return state.boot.channels.map((room) => [room.id, `#${room.name}`]);
  return (one.options || []).map((option) => [option.value, unescape(option.text.text)]);
}

function ticks(one, block, context) {
  const node = tickList(one, one.initial_options || [one.initial_option].filter(Boolean));
  node.addEventListener("change", () => press(node, one, block, context, ticked(one, node)));
  return node;
}

export function tickList(one, chosen) {
  const name = freshId("tick");
  const values = new Set(chosen.map((option) => option.value));
  const type = one.type === "radio_buttons" ? "radio" : "checkbox";
  const rows = one.options.map((option) => {
    const input = el("input", { type, name, value: option.value, checked: values.has(option.value) });
    return el("label", {}, input, el("span", {}, unescape(option.text.text), option.description && el("small", {}, option.description.text)));
  });
  return el("fieldset", { class: "options" }, rows);
}

export function ticked(one, node) {
  const values = [...node.querySelectorAll("input:checked")].map((input) => input.value);
  return one.type === "radio_buttons" ? values[0] || "" : values;
}

function picker(one, block, context) {
  const type = { datepicker: "date", timepicker: "time" }[one.type] || "datetime-local";
  const value = one.initial_date || one.initial_time;
  const node = el("input", { type, class: "choose", value, "aria-label": one.placeholder?.text || "Pick a date or time" });
  node.addEventListener("change", () => press(node, one, block, context, node.value));
  return node;
}

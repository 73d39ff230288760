// The list of messages: days, groups, ephemeral marks, thread links. Redraws only what changed.

import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { el, hueOf, svg } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { localTime, person, state } from "./state.js";

const GROUP_SECONDS = 300;

export function drawList(container, list, { open, inspect, isThread = false }) {
  const known = new Map([...container.children].map((node) => [node.dataset.key, node]));
  const nodes = [];
  let before = null;
  for (const message of list) {
    const day = localTime(message.ts, { weekday: "long", day: "numeric", month: "long" });
    if (!isThread && day !== before?.day) nodes.push(known.get(day) || el("div", { class: "day", "data-key": day }, day));
    const replies = isThread ? [] : state.messages.filter((m) => m.is_reply && m.thread_ts === message.ts);
    const follows = Boolean(before && before.day === day && before.user === message.user && !message.ephemeral === !before.ephemeral && message.ts - before.ts < GROUP_SECONDS && !before.replies);
    const stamp = `${message.rev}.${replies.length}.${follows}`;
    const old = known.get(`m${message.ts}`);
    nodes.push(old?.dataset.stamp === stamp ? old : draw(message, { replies, follows, stamp, open, inspect, isThread }));
    before = { ...message, day, replies: replies.length };
    if (isThread && message === list[0] && list.length > 1) nodes.push(el("div", { class: "replies-mark" }, counted(list.length - 1, "reply", "replies")));
  }
  patch(container, nodes);
}

// Nodes that stay are not moved, so that focus, open menus and sorted tables survive a redraw.
function patch(container, nodes) {
  const focused = container.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
  const wanted = new Set(nodes);
  for (const child of [...container.childNodes]) if (!wanted.has(child)) child.remove();
  let cursor = container.firstChild;
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else container.insertBefore(node, cursor);
  }
  if (!focused || container.contains(document.activeElement)) return;
  const successor = nodes.find((node) => node.dataset.key === focused);
  successor?.setAttribute("tabindex", "-1");
  successor?.focus();
}

function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

function draw(message, { replies, follows, stamp, open, inspect, isThread }) {
  const author = person(message.user);
  const node = el("article", { class: `message rise${follows ? " follows" : ""}${message.ephemeral ? " ephemeral" : ""}`, "aria-label": `Message of ${author.name}` });
  node.dataset.key = `m${message.ts}`;
  node.dataset.stamp = stamp;
  if (message.ephemeral) node.append(el("p", { class: "eye" }, eye(), "Only visible to you"));
  node.append(face(author), el("div", { class: "body" }, !follows && who(author, message), content(message), threadLink(message, replies, open)));
  node.append(tools(message, { open, inspect, isThread }));
  return node;
}

function eye() {
  const look = { fill: "none", stroke: "currentColor", "stroke-width": 1.6 };
  return svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: "M1.5 10S4.8 4.5 10 4.5 18.5 10 18.5 10 15.2 15.5 10 15.5 1.5 10 1.5 10z", ...look }), svg("circle", { cx: 10, cy: 10, r: 2.5, ...look }));
}

function face(author) {
  if (author.kind === "bot") return el("div", { class: "face bot", "aria-hidden": "true" });
  if (author.kind === "system") return el("div", { class: "face system", "aria-hidden": "true" }, "i");
  const node = el("div", { class: "face", "aria-hidden": "true" }, author.name.split(" ").map((word) => word[0]).slice(0, 2).join(""));
  node.style.background = `hsl(${hueOf(author.id)} 42% 38%)`;
  return node;
}

function who(author, message) {
  const time = el("time", { datetime: new Date(message.ts * 1000).toISOString() }, localTime(message.ts, { hour: "2-digit", minute: "2-digit" }));
  return el("div", { class: "who" }, el("b", {}, author.name), author.kind === "bot" && el("span", { class: "app" }, "App"), author.kind === "stranger" && el("span", { class: "app" }, "Other company"), time);
}

function content(message) {
  const act = (one, block, value) =>
    post("/sandbox/press", { as: state.viewer, channel: message.channel, ts: message.ts, block_id: block.block_id, action_id: one.action_id, value });
  const parts = message.blocks.length ? [blocks(message.blocks, { act })] : message.text ? [mrkdwn(message.text)] : [];
  if (message.edited) parts.push(el("span", { class: "edited" }, "(edited)"));
  for (const file of message.files) parts.push(fileCard(file));
  const reactions = Object.entries(message.reactions);
  if (reactions.length) parts.push(el("div", { class: "reactions" }, reactions.map(([name, count]) => el("span", {}, `:${name}: ${count}`))));
  return parts;
}

function fileCard(file) {
  const size = file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`;
  return el("a", { class: "file", href: `/sandbox/files/${encodeURIComponent(file.id)}`, download: file.name }, el("span", {}, el("b", {}, file.title), el("small", {}, `${file.filetype.toUpperCase()}, ${size}`)));
}

function threadLink(message, replies, open) {
  if (!replies.length) return null;
  const last = localTime(replies.at(-1).ts, { hour: "2-digit", minute: "2-digit" });
  return el("button", { type: "button", class: "thread-link", onclick: () => open(message.ts) }, counted(replies.length, "reply", "replies"), el("span", {}, ` last at ${last}`));
}

function tools(message, { open, inspect, isThread }) {
  const items = [];
  if (!isThread && !message.ephemeral) items.push(el("button", { type: "button", class: "quiet", onclick: () => open(message.ts) }, "Reply"));
  for (const shortcut of message.ephemeral ? [] : state.boot.shortcuts) {
    const use = () => post("/sandbox/shortcut", { as: state.viewer, callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts });
    items.push(el("button", { type: "button", class: "quiet", onclick: use }, shortcut.name));
  }
  items.push(el("button", { type: "button", class: "quiet", onclick: () => inspect(message.ts) }, "Raw payload"));
  return el("div", { class: "tools" }, items);
}

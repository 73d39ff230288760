// The page: boot, navigation, live updates.

import { follow, get, post } from "./api.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { byId, el, notify } from "./dom.js";
import { oneAtATime } from "./looks.js";
import { drawList } from "./messages.js";
import { showModal } from "./modal.js";
import { closePanel, drawPanel, openRaw, openThread } from "./panel.js";
import { drawClock, drawPersonas, drawRooms, wireTheme } from "./sidebar.js";
import { channel, state } from "./state.js";

let box = null;
let isToEnd = false; // the next look at the room shows its end
let pending = null;
let pendingViews = null;

async function boot(viewer) {
  const params = viewer ? { as: viewer } : {};
  state.boot = await get("/sandbox/boot", params);
  state.viewer = state.boot.viewer;
  state.home = state.boot.home;
  byId("team-name").textContent = state.boot.team;
  document.title = `${state.boot.team}, Frontline sandbox`;
  drawPersonas(switchTo);
  drawClock();
  const wanted = state.room && (state.room === "home" || channel(state.room)) ? state.room : startRoom();
  showModal(state.boot.modal);
  await openRoom(wanted);
}

function startRoom() {
  const hint = state.boot.hints[0]?.where;
  if (hint === "dm") return state.boot.dm;
  const found = state.boot.channels.find((one) => one.name === hint) || state.boot.channels[0];
  return found ? found.id : state.boot.dm;
}

async function switchTo(viewer) {
  state.unread.clear();
  closePanel();
  sessionStorage.setItem("as", viewer);
  await boot(viewer);
}

async function openRoom(id) {
  state.room = id;
  state.unread.delete(id);
  byId("app").classList.remove("with-menu");
  byId("menu").setAttribute("aria-expanded", "false");
  closePanel();
  drawRooms(openRoom);
  drawHead();
  byId("timeline").replaceChildren();
  const isHome = id === "home";
  byId("composer").hidden = isHome;
  if (isHome) {
    byId("hints").hidden = true;
    byId("examples").hidden = true;
    await post("/sandbox/home", { as: state.viewer });
    return drawHome();
  }
  box = composer(byId("composer"), { target: () => ({ channel: state.room }), placeholder: `Message ${titleOf(id)}`, id: "composer-text" });
  drawHints();
  isToEnd = true;
  await refreshRoom();
  return box.focus();
}

function titleOf(id) {
  if (id === "home") return `${state.boot.bot.name}, App Home`;
  return id === state.boot.dm ? state.boot.bot.name : `#${channel(id).name}`;
}

function drawHead() {
  byId("room-title").textContent = titleOf(state.room);
  const found = channel(state.room);
  const dm = state.room === state.boot.dm ? "Direct message: only the two of you" : "";
  byId("room-purpose").textContent = found ? `${found.purpose}${found.has_bot ? "" : ". Commands still work here"}` : dm;
}

const refreshRoom = oneAtATime(async () => {
  const { room, viewer } = state;
  if (room === "home") return;
  const answer = await get("/sandbox/messages", { as: viewer, channel: room });
  if (room !== state.room || viewer !== state.viewer) return;
  state.messages = answer.messages;
  const timeline = byId("timeline");
  const isAtEnd = isToEnd || timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 120;
  const shown = state.messages.filter((m) => !m.is_reply || m.broadcast);
  if (shown.length) drawList(timeline, shown, { open: openThread, inspect: openRaw });
  else timeline.replaceChildren(emptyRoom());
  if (isAtEnd) timeline.scrollTop = timeline.scrollHeight;
  isToEnd = false;
  drawPanel();
});

function emptyRoom() {
  const where = titleOf(state.room);
  return el("div", { class: "empty" }, el("h2", {}, `This is the beginning of ${where}`), el("p", {}, "Type a command with /, or mention @frontline. Pick one of the examples below to start."));
}

function drawHome() {
  const timeline = byId("timeline");
  if (!state.home) return timeline.replaceChildren(el("div", { class: "empty" }, el("h2", {}, "App Home is empty so far"), el("p", {}, "It fills as soon as the assistant answers.")));
  const view = state.home;
  const act = (one, block, value) => post("/sandbox/press", { as: state.viewer, view_id: view.id, block_id: block.block_id, action_id: one.action_id, value });
  return timeline.replaceChildren(el("div", { class: "home rise" }, blocks(view.definition.blocks, { act, errors: {} })));
}

function drawHints() {
  const root = byId("hints");
  const { hints, people } = state.boot;
  root.hidden = !hints.length || sessionStorage.getItem("hints") === "off";
  const me = people.find((one) => one.id === state.viewer);
  const use = async (hint) => {
    const place = hint.where === "dm" ? state.boot.dm : state.boot.channels.find((one) => one.name === hint.where)?.id || state.room;
    if (place !== state.room) await openRoom(place);
    box.fill(hint.text);
  };
  const toggle = (isShown) => {
    sessionStorage.setItem("hints", isShown ? "on" : "off");
    root.hidden = !isShown;
    byId("examples").setAttribute("aria-expanded", String(isShown));
  };
  byId("examples").hidden = !hints.length;
  byId("examples").setAttribute("aria-expanded", String(!root.hidden));
  byId("examples").onclick = () => toggle(root.hidden);
  root.replaceChildren(
    el("header", {}, el("strong", {}, `Worth trying as ${me.name} (${me.title})`), el("button", { type: "button", class: "quiet", onclick: () => toggle(false) }, "Hide")),
    el("div", { class: "hint-row" }, hints.map((hint) => el("button", { type: "button", class: "hint", onclick: () => use(hint) }, hint.text, el("small", {}, hint.note)))),
  );
}

const refreshViews = oneAtATime(async () => {
  const { viewer } = state;
  const views = await get("/sandbox/views", { as: viewer });
  if (viewer !== state.viewer) return;
  showModal(views.modal);
  const isNew = views.home?.rev !== state.home?.rev;
  state.home = views.home;
  if (state.room === "home" && isNew) drawHome();
});

function onChange(change) {
  if (change.kind === "message" && change.channel === state.room) {
    clearTimeout(pending);
    pending = setTimeout(refreshRoom, 25);
  } else if (change.kind === "message" && !change.removed && (channel(change.channel) || change.channel === state.boot.dm)) {
    countUnread(change);
  } else if (change.kind === "view" && change.user === state.viewer) {
    clearTimeout(pendingViews);
    pendingViews = setTimeout(refreshViews, 15);
  } else if (change.kind === "trouble" && change.user === state.viewer) notify(change.text);
  else if (change.kind === "clock") refreshClock();
}

async function countUnread(change) {
  const answer = await get("/sandbox/messages", { as: state.viewer, channel: change.channel });
  const message = answer.messages.find((one) => one.ts === change.ts);
  if (!message || message.user === state.viewer || message.rev !== change.rev || message.edited) return;
  state.unread.set(change.channel, (state.unread.get(change.channel) || 0) + 1);
  drawRooms(openRoom);
}

const refreshClock = oneAtATime(async () => {
  state.boot.clock = (await get("/sandbox/boot", { as: state.viewer })).clock;
  drawClock();
});

function onLink(isUp) {
  byId("link-state").textContent = isUp ? "" : "The sandbox is not answering. Trying again …";
  if (isUp && state.room && state.room !== "home") refreshRoom();
}

function wireKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]") && (state.thread || state.raw)) closePanel();
  });
  byId("menu").onclick = () => {
    const isOpen = byId("app").classList.toggle("with-menu");
    byId("menu").setAttribute("aria-expanded", String(isOpen));
  };
}

wireTheme();
wireKeys();
await boot(sessionStorage.getItem("as"));
follow(onChange, onLink);
setInterval(refreshClock, 20000);

// Channels, direct message, App Home, persona switch, clock.

import { post } from "./api.js";
import { byId, el, notify } from "./dom.js";
import { localTime, state } from "./state.js";

export function drawPersonas(onSwitch) {
  const picker = byId("persona");
  const staff = el("optgroup", { label: "Harbor Telecom" });
  const visitors = el("optgroup", { label: "Visitors" });
  for (const one of state.boot.people) {
    const role = one.persona[0].toUpperCase() + one.persona.slice(1);
    const option = el("option", { value: one.id, selected: one.id === state.viewer }, `${one.name} (${role})`);
    (one.kind === "human" ? staff : visitors).append(option);
  }
  picker.replaceChildren(staff, ...(visitors.children.length ? [visitors] : []));
  staff.label = state.boot.team;
  picker.value = state.viewer;
  picker.onchange = () => onSwitch(picker.value);
  byId("persona-title").textContent = state.boot.people.find((one) => one.id === state.viewer).title;
}

export function drawRooms(onOpen) {
  const { boot } = state;
  const list = byId("rooms");
  const room = (id, sign, name, extra) => {
    const count = state.unread.get(id) || 0;
    return el(
      "button",
      { type: "button", class: count ? "room unread" : "room", "aria-current": id === state.room ? "page" : undefined, "data-room": id, onclick: () => onOpen(id) },
      el("span", { class: "sign", "aria-hidden": "true" }, sign),
      el("span", { class: "name" }, name),
      extra && el("span", { class: "badge" }, extra),
      count > 0 && el("span", { class: "count" }, count, el("span", { class: "unseen" }, " new messages")),
    );
  };
  const label = (one) => (one.is_shared ? "shared" : one.has_bot ? null : "no bot");
  list.replaceChildren(
    el("h2", {}, boot.bot.name),
    room("home", "⌂", "App Home"),
    room(boot.dm, "@", `${boot.bot.name}, direct message`),
    el("h2", {}, "Channels"),
    ...boot.channels.map((one) => room(one.id, one.is_private ? "•" : "#", one.name, label(one))),
  );
}

export function drawClock() {
  const { clock } = state.boot;
  const seconds = new Date(clock.now).getTime() / 1000;
  const clockFace = byId("clock-time");
  clockFace.textContent = localTime(seconds, { hour: "2-digit", minute: "2-digit" });
  clockFace.setAttribute("datetime", clock.now);
  byId("clock-date").textContent = localTime(seconds, { weekday: "short", day: "numeric", month: "long", year: "numeric" });
  const jump = byId("clock-jump");
  const isPlaying = Boolean(clock.playing) || state.isMoving;
  jump.hidden = !clock.movable;
  jump.disabled = isPlaying;
  jump.onclick = () => moveClock();
  byId("clock-jumps").hidden = !clock.movable;
  byId("clock-jumps").replaceChildren(
    ...clock.jumps.map((one) => el("button", { type: "button", class: "quiet", disabled: isPlaying, onclick: () => moveClock(one.to) }, one.label)),
  );
  if (isPlaying) byId("clock-news").textContent = clock.playing ? `${capital(clock.playing)} …` : "Moving the clock …";
  else byId("clock-news").textContent = state.clockNews;
}

// Moving on may take some seconds: the server tells what it is playing, and in the end what arrived.
async function moveClock(to) {
  state.isMoving = true;
  state.clockNews = "";
  drawClock();
  const moved = await post("/sandbox/clock", { as: state.viewer, to });
  state.isMoving = false;
  if (moved) {
    state.boot.clock = moved;
    state.clockNews = moved.arrived;
    notify(moved.arrived);
  }
  drawClock();
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function wireTheme() {
  const wanted = localStorage.getItem("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = wanted;
  byId("theme").onclick = () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
  };
}

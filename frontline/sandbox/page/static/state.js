// What the page knows. One object, changed only by app.js and by the views that own a part of it.

export const state = {
  boot: null, // people, channels, commands, hints ...
  viewer: null, // whom we act as
  room: null, // channel id, or "home"
  messages: [], // of the room
  unread: new Map(),
  thread: null, // ts of the open thread
  raw: null, // ts of the message under inspection
  modal: null,
  home: null,
  isMoving: false, // the clock, by us
  clockNews: "", // what arrived at its last move
};

export function person(id) {
  const { boot } = state;
  if (id === boot.bot.id) return { ...boot.bot, kind: "bot" };
  if (id === boot.slackbot) return { id, name: "Workspace", kind: "system" };
  return boot.people.find((one) => one.id === id) || { id, name: id, kind: "human" };
}

export function channel(id) {
  return state.boot.channels.find((one) => one.id === id);
}

export function roomName(id) {
  if (id === state.boot.dm) return state.boot.bot.name;
  const found = channel(id);
  return found ? found.name : id;
}

export function localTime(ts, options) {
  const zone = state.boot.clock.zone;
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(new Date(Number(ts) * 1000));
}

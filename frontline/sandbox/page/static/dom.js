// Making nodes. Words only ever become text nodes: nothing that came from a person or an app is parsed as HTML.

export function el(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function svg(name, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(props)) if (value !== undefined) node.setAttribute(key, String(value));
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function byId(id) {
  return document.getElementById(id);
}

let count = 0;

export function freshId(prefix) {
  count += 1;
  return `${prefix}-${count}`;
}

export function notify(words) {
  const notice = el("div", { class: "notice rise" }, words);
  byId("notices").append(notice);
  setTimeout(() => notice.remove(), 6000);
}

// A colour that stays with a person.
export function hueOf(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) % 360;
  return sum;
}

// A subset of mrkdwn: *bold*, _italic_, ~struck~, `code`, ``` blocks, > quotes, lists, <mentions> and <url|label>.
// Links are shown as words with their host and never followed: this page does not leave the machine.

import { el } from "./dom.js";
import { channel, person } from "./state.js";

const INLINE = /(```[\s\S]+?```|`[^`\n]+`|<[^>\n]+>|(?<![\w*])\*[^*\n]+\*(?![\w*])|(?<![\w_])_[^_\n]+_(?![\w_])|(?<![\w~])~[^~\n]+~(?![\w~]))/;

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function inline(text) {
  return text.split(INLINE).map((part, index) => (index % 2 ? marked(part) : unescape(part)));
}

function marked(part) {
  if (part.startsWith("```")) return el("pre", {}, unescape(part.slice(3, -3)).replace(/^\n/, ""));
  if (part.startsWith("`")) return el("code", {}, unescape(part.slice(1, -1)));
  if (part.startsWith("<")) return reference(part.slice(1, -1));
  const inner = inline(part.slice(1, -1));
  if (part.startsWith("*")) return el("strong", {}, inner);
  if (part.startsWith("_")) return el("em", {}, inner);
  return el("s", {}, inner);
}

function reference(inner) {
  const [target, label] = inner.split("|", 2);
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${person(target.slice(1)).name}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${label || channel(target.slice(1))?.name || target.slice(1)}`);
  if (target.startsWith("!date")) return unescape(label || target);
  if (target.startsWith("!")) return el("span", { class: "mention" }, `@${target.slice(1).split("^")[0]}`);
  return link(target, label);
}

export function link(target, label) {
  let host = "";
  try {
    host = new URL(unescape(target)).host;
  } catch {
    return unescape(label || target);
  }
  return el("span", { class: "outlink", title: unescape(target) }, unescape(label || target), label && el("small", {}, ` (${host})`));
}

const BULLET = /^\s*[•◦\-*]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;

export function mrkdwn(text) {
  const out = [];
  const lines = text.split(/(```[\s\S]+?```)/).flatMap((part, i) => (i % 2 ? [part] : part.split("\n").map((line) => line)));
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (BULLET.test(line) || NUMBER.test(line)) {
      const kind = BULLET.test(line) ? BULLET : NUMBER;
      const items = [];
      while (at < lines.length && kind.test(lines[at])) items.push(el("li", {}, inline(lines[at++].replace(kind, ""))));
      out.push(el(kind === BULLET ? "ul" : "ol", {}, items));
    } else if (line.startsWith("&gt;") || line.startsWith(">")) {
      const quoted = [];
      while (at < lines.length && /^(&gt;|>)/.test(lines[at])) quoted.push(lines[at++].replace(/^(&gt;|>)\s?/, ""));
      out.push(el("blockquote", {}, inline(quoted.join("\n"))));
    } else {
      out.push(...inline(line));
      at += 1;
      if (at < lines.length && !line.startsWith("```")) out.push("\n");
    }
  }
  return el("div", { class: "text" }, out);
}

// A text object of Block Kit.
export function textObject(object) {
  if (!object) return null;
  return object.type === "mrkdwn" ? mrkdwn(object.text) : el("div", { class: "text" }, unescape(object.text));
}

// The markdown block: headings, lists, bold with two stars; the rest as mrkdwn.
export function markdown(text) {
  const out = el("div", { class: "rich" });
  for (const part of text.split(/\n{2,}/)) {
    const heading = part.match(/^(#{1,6})\s+(.*)$/m);
    if (heading && part.startsWith("#")) {
      out.append(el("h3", {}, inline(heading[2])));
      const rest = part.slice(heading[0].length).trim();
      if (rest) out.append(mrkdwn(starred(rest)));
    } else out.append(mrkdwn(starred(part)));
  }
  return out;
}

function starred(text) {
  return text.replace(/\*\*([^*\n]+)\*\*/g, "*$1*").replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
}

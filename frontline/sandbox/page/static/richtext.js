// rich_text blocks.

import { el } from "./dom.js";
import { link } from "./mrkdwn.js";
import { channel, person } from "./state.js";

export function richText(block) {
  return el("div", { class: "rich text" }, (block.elements || []).map(part));
}

function part(element) {
  const inside = (element.elements || []).map(leaf);
  if (element.type === "rich_text_list") {
    const items = (element.elements || []).map((item) => el("li", {}, (item.elements || []).map(leaf)));
    return el(element.style === "ordered" ? "ol" : "ul", {}, items);
  }
  if (element.type === "rich_text_quote") return el("blockquote", {}, inside);
  if (element.type === "rich_text_preformatted") return el("pre", {}, inside);
  return el("div", {}, inside);
}

function leaf(element) {
  if (element.type === "user") return el("span", { class: "mention" }, `@${person(element.user_id).name}`);
  if (element.type === "channel") return el("span", { class: "mention" }, `#${channel(element.channel_id)?.name || element.channel_id}`);
  if (element.type === "broadcast") return el("span", { class: "mention" }, `@${element.range}`);
  if (element.type === "emoji") return `:${element.name}:`;
  if (element.type === "link") return link(element.url, element.text);
  if (element.type === "date") return element.fallback || String(element.timestamp);
  let node = document.createTextNode(element.text || "");
  const style = element.style || {};
  if (style.code) node = el("code", {}, node);
  if (style.bold) node = el("strong", {}, node);
  if (style.italic) node = el("em", {}, node);
  if (style.strike) node = el("s", {}, node);
  return node;
}

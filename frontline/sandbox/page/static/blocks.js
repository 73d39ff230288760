// Block Kit blocks. Interactive parts call `act(element, block, value)`; form fields live in fields.js.

import { chartBlock } from "./charts.js";
import { el } from "./dom.js";
import { element } from "./elements.js";
import { inputBlock } from "./fields.js";
import { markdown, textObject, unescape } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable } from "./tables.js";

export function blocks(list, context) {
  return el("div", { class: "blocks" }, list.map((block) => draw(block, context)));
}

function draw(block, context) {
  const kind = KINDS[block.type];
  return kind ? kind(block, context) : el("div", { class: "unknown" }, `Block of kind “${block.type}” is not drawn here; see its raw payload.`);
}

function section(block, context) {
  const fields = block.fields && el("div", { class: "fields" }, block.fields.map(textObject));
  const main = el("div", { class: "section-main" }, textObject(block.text), fields);
  return el("div", { class: "section" }, main, block.accessory && element(block.accessory, block, context));
}

function contextLine(block) {
  const parts = block.elements.map((part) => (part.type === "image" ? el("span", {}, `[${part.alt_text}]`) : textObject(part)));
  return el("div", { class: "context" }, parts);
}

function picture(block) {
  const title = block.title ? `${block.title.text}: ` : "";
  return el("div", { class: "picture", role: "img", "aria-label": block.alt_text }, `Picture. ${title}${block.alt_text}`);
}

const KINDS = {
  section,
  header: (block) => el("h2", { class: "block-head" }, unescape(block.text.text)),
  context: contextLine,
  divider: () => el("hr"),
  image: picture,
  actions: (block, context) => el("div", { class: "actions" }, block.elements.map((one) => element(one, block, context))),
  context_actions: (block, context) => el("div", { class: "actions" }, block.elements.map((one) => element(one, block, context))),
  input: inputBlock,
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  data_table: dataTable,
  table: dataTable,
  data_visualization: chartBlock,
  alert: (block) => el("div", { class: "alert" }, textObject(block.text)),
  file: (block) => el("div", { class: "picture" }, `File ${block.external_id}`),
};

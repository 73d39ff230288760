// Input blocks of a form: label, control, hint, inline error.

import { el, freshId } from "./dom.js";
import { fillOptions, plainOptions, tickList, ticked } from "./elements.js";
import { unescape } from "./mrkdwn.js";

export function inputBlock(block, context) {
  const one = block.element;
  const id = freshId("field");
  const before = context.entered?.[block.block_id];
  const error = context.errors?.[block.block_id];
  const { node, read } = control(one, before);
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const target = node.matches("fieldset") ? node : node;
  target.id = id;
  if (described) target.setAttribute("aria-describedby", described);
  if (error) target.setAttribute("aria-invalid", "true");
  if (!block.optional) target.setAttribute("aria-required", "true");
  context.readers?.set(block.block_id, read);
  if (block.dispatch_action) node.addEventListener("change", () => context.act(one, block, read()));
  const label = node.matches("fieldset") ? el("span", { class: "label", id: `${id}-label` }) : el("label", { for: id });
  if (node.matches("fieldset")) node.setAttribute("aria-labelledby", `${id}-label`);
  label.append(unescape(block.label.text));
  if (block.optional) label.append(el("span", { class: "optional" }, " (optional)"));
  const wrong = error && el("p", { class: "error", id: `${id}-error` }, el("span", { "aria-hidden": "true" }, "⚠"), error);
  const hint = block.hint && el("p", { class: "hint-text", id: `${id}-hint` }, unescape(block.hint.text));
  return el("div", { class: error ? "field wrong" : "field", "data-block": block.block_id }, label, node, hint, wrong);
}

const TYPES = { number_input: "number", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

function control(one, before) {
  const placeholder = one.placeholder?.text;
  if (one.type === "plain_text_input") {
    const value = before ?? one.initial_value ?? "";
    const node = el(one.multiline ? "textarea" : "input", { placeholder, maxlength: one.max_length, value });
    return { node, read: () => node.value };
  }
  if (TYPES[one.type]) {
    const value = before ?? one.initial_value ?? one.initial_date ?? one.initial_time ?? "";
    const node = el("input", { type: TYPES[one.type], placeholder, value, step: one.is_decimal_allowed ? "any" : undefined });
    return { node, read: () => node.value };
  }
  if (one.type === "checkboxes" || one.type === "radio_buttons") {
    const chosen = before === undefined ? one.initial_options || [one.initial_option].filter(Boolean) : [before].flat().map((value) => ({ value }));
    const node = tickList(one, chosen);
    return { node, read: () => ticked(one, node) };
  }
  if (one.type.startsWith("multi_")) {
    const options = plainOptions(one).map(([value, text]) => ({ value, text: { text } }));
    const given = one.initial_options?.map((o) => o.value) || one.initial_users || one.initial_channels || one.initial_conversations || [];
    const node = tickList({ type: "checkboxes", options }, (before ?? given).map((value) => ({ value })));
    return { node, read: () => ticked({ type: "checkboxes" }, node) };
  }
  const node = el("select", {});
  node.append(el("option", { value: "" }, placeholder || "Choose one"));
  fillOptions(node, one);
  if (before !== undefined) node.value = before;
  return { node, read: () => node.value };
}

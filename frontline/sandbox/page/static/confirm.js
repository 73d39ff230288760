// The confirm dialog of a button.

import { byId, el } from "./dom.js";
import { textObject, unescape } from "./mrkdwn.js";

export function askConfirm(confirm) {
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.onclose = null;
      dialog.close();
      resolve(answer);
    };
    const style = confirm.style === "danger" ? "button danger solid" : "button primary";
    dialog.replaceChildren(
      el("div", { class: "dialog-head" }, el("h2", { id: "confirm-title" }, unescape(confirm.title.text))),
      el("div", { class: "dialog-body" }, textObject(confirm.text)),
      el(
        "div",
        { class: "dialog-foot" },
        el("button", { type: "button", class: "button", onclick: () => finish(false) }, unescape(confirm.deny.text)),
        el("button", { type: "button", class: style, onclick: () => finish(true) }, unescape(confirm.confirm.text)),
      ),
    );
    dialog.onclose = () => resolve(false);
    dialog.showModal();
  });
}

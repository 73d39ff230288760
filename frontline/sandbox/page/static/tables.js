// data_table and table blocks: a real <table>, sortable by its heads, in pages.

import { el } from "./dom.js";
import { richText } from "./richtext.js";

export function dataTable(block) {
  const [head, ...rows] = block.rows;
  const size = block.type === "data_table" ? block.page_size || 5 : rows.length;
  const header = block.row_header_column_index ?? 0;
  const view = { sort: null, down: false, page: 0 };
  const root = el("div", { class: "data-table" });

  function draw() {
    const sorted = sortRows(rows, view);
    const pages = Math.max(1, Math.ceil(rows.length / size));
    view.page = Math.min(view.page, pages - 1);
    const shown = sorted.slice(view.page * size, (view.page + 1) * size);
    const body = shown.map((row) => el("tr", {}, row.map((cell, i) => bodyCell(cell, i === header))));
    const table = el(
      "table",
      {},
      block.caption && el("caption", {}, block.caption),
      el("thead", {}, el("tr", {}, head.map((cell, i) => headCell(cell, i)))),
      el("tbody", {}, body),
    );
    root.replaceChildren(el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": block.caption || "Table" }, table));
    if (pages > 1) root.append(pager(pages));
  }

  function headCell(cell, index) {
    const isNumber = rows.length > 0 && rows.every((row) => row[index]?.type === "raw_number" || isEmpty(row[index]));
    const direction = view.sort === index ? (view.down ? "descending" : "ascending") : "none";
    const arrow = direction === "none" ? "" : view.down ? " ↓" : " ↑";
    const press = () => {
      Object.assign(view, { down: view.sort === index && !view.down, sort: index, page: 0 });
      draw();
      root.querySelectorAll("thead button")[index].focus();
    };
    const content = block.type === "data_table" ? el("button", { type: "button", onclick: press }, words(cell), arrow) : el("span", { class: "plain" }, words(cell));
    return el("th", { scope: "col", "aria-sort": direction, class: isNumber ? "number" : undefined }, content);
  }

  function pager(pages) {
    const first = view.page * size + 1;
    const last = Math.min(rows.length, first + size - 1);
    const turn = (step, label) => {
      const isEnd = step < 0 ? view.page === 0 : view.page === pages - 1;
      const press = () => {
        view.page += step;
        draw();
        (root.querySelector(`[aria-label="${label}"]:not(:disabled)`) || root.querySelector(".pager button:not(:disabled)")).focus();
      };
      return el("button", { type: "button", class: "quiet", "aria-label": label, disabled: isEnd, onclick: press }, step < 0 ? "← Previous" : "Next →");
    };
    return el("div", { class: "pager" }, el("span", { role: "status" }, `${first}–${last} of ${rows.length}`), turn(-1, "Previous rows"), turn(1, "Next rows"));
  }

  draw();
  return root;
}

function bodyCell(cell, isHeader) {
  const kind = cell?.type === "raw_number" ? "number" : undefined;
  const content = cell?.type === "rich_text" ? richText(cell) : words(cell);
  return el(isHeader ? "th" : "td", { class: kind, scope: isHeader ? "row" : undefined, title: cell?.text }, content);
}

function words(cell) {
  if (!cell) return "";
  if (cell.type === "rich_text") return (cell.elements || []).flatMap((p) => p.elements || []).map((e) => e.text || "").join("");
  return cell.text ?? String(cell.value ?? "");
}

function isEmpty(cell) {
  return ["", "–", "—", "-"].includes(words(cell).trim());
}

function sortRows(rows, view) {
  if (view.sort === null) return rows;
  const key = (row) => row[view.sort];
  const compare = (a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x?.type === "raw_number" && y?.type === "raw_number") return x.value - y.value;
    return words(x).localeCompare(words(y), "en", { numeric: true });
  };
  return [...rows].sort((a, b) => (view.down ? -compare(a, b) : compare(a, b)));
}

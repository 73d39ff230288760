// data_visualization blocks drawn as inline SVG. Series differ by colour, dash and marker, and every chart can be
// read as a table.

import { el, svg } from "./dom.js";
import { dataTable } from "./tables.js";

const W = 720;
const H = 270;
const EDGE = { left: 58, right: 16, top: 12, bottom: 28 };
const X_LABEL = 20;
const DASHES = ["", "7 4", "2 4", "10 3 2 3", "4 2", "1 3"];

export function chartBlock(block) {
  const { chart } = block;
  const figure = el("figure", { class: "chart" });
  const table = dataTable(asTable(block));
  const picture = chart.type === "pie" ? pie(block) : plane(block);
  const toggle = el("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: flip }, "Show as table");
  table.hidden = true;
  figure.append(el("figcaption", {}, el("span", {}, block.title), toggle), picture, table);

  function flip() {
    table.hidden = !table.hidden;
    picture.hidden = !table.hidden;
    picture.style.display = table.hidden ? "" : "none";
    toggle.textContent = table.hidden ? "Show as table" : "Show as chart";
    toggle.setAttribute("aria-pressed", String(!table.hidden));
  }
  return figure;
}

export function number(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return new Intl.NumberFormat("en", { maximumFractionDigits: digits }).format(value);
}

function asTable({ title, chart }) {
  const text = (words) => ({ type: "raw_text", text: words });
  const cell = (value) => ({ type: "raw_number", value, text: number(value) });
  if (chart.type === "pie") {
    const rows = chart.segments.map((s) => [text(s.label), cell(s.value)]);
    return { type: "data_table", caption: title, page_size: 100, rows: [[text("Part"), text("Value")], ...rows] };
  }
  const rows = chart.axis_config.categories.map((name, i) => [text(name), ...chart.series.map((s) => cell(s.data[i].value))]);
  const head = [text(chart.axis_config.x_label || "Category"), ...chart.series.map((s) => text(s.name))];
  return { type: "data_table", caption: title, page_size: 100, rows: [head, ...rows] };
}

function plane(block) {
  const { chart } = block;
  const { categories, x_label: xLabel, y_label: yLabel } = chart.axis_config;
  const values = chart.series.flatMap((s) => s.data.map((p) => p.value));
  const scale = niceScale(Math.min(...values), Math.max(...values), chart.type);
  const height = H + (xLabel ? X_LABEL : 0);
  const y = (value) => EDGE.top + (H - EDGE.top - EDGE.bottom) * (1 - (value - scale.low) / (scale.high - scale.low));
  const band = (W - EDGE.left - EDGE.right) / categories.length;
  const x = (index) => EDGE.left + band * (index + 0.5);
  const root = svg("svg", { viewBox: `0 0 ${W} ${height}`, role: "img", "aria-label": describe(block) });
  for (const tick of scale.ticks) {
    root.append(svg("line", { class: "grid", x1: EDGE.left, x2: W - EDGE.right, y1: y(tick), y2: y(tick) }));
    root.append(svg("text", { x: EDGE.left - 8, y: y(tick) + 4, "text-anchor": "end" }, number(tick)));
  }
  const base = y(Math.max(scale.low, Math.min(0, scale.high)));
  root.append(svg("line", { class: "axis", x1: EDGE.left, x2: W - EDGE.right, y1: base, y2: base }));
  const longest = Math.max(...categories.map((c) => c.length));
  const every = Math.max(1, Math.ceil((longest * 7 + 10) / band));
  categories.forEach((name, i) => {
    if (i % every === 0) root.append(svg("text", { x: x(i), y: H - EDGE.bottom + 18, "text-anchor": "middle" }, name));
  });
  if (xLabel) root.append(svg("text", { x: W / 2, y: height - 6, "text-anchor": "middle" }, xLabel));
  if (yLabel) root.append(svg("text", { x: 12, y: H / 2, "text-anchor": "middle", transform: `rotate(-90 12 ${H / 2})` }, yLabel));
  chart.series.forEach((series, s) => {
    const group = svg("g", { class: `c${s + 1}` });
    if (chart.type === "bar") bars(group, { series, s, total: chart.series.length, x, y, band, base });
    else curve(group, { series, s, x, y, base, isArea: chart.type === "area" });
    root.append(group);
  });
  return el("div", {}, root, chart.series.length > 1 && legend(chart));
}

function bars(group, { series, s, total, x, y, band, base }) {
  const width = Math.min(54, (band * 0.72) / total);
  series.data.forEach((point, i) => {
    const top = Math.min(y(point.value), base);
    const height = Math.max(1, Math.abs(y(point.value) - base));
    const left = x(i) - (width * total) / 2 + width * s;
    const bar = svg("rect", { class: "fill", x: left + 1, y: top, width: Math.max(1, width - 2), height, rx: 2 });
    bar.append(tip(series, point));
    group.append(bar);
  });
}

function curve(group, { series, s, x, y, base, isArea }) {
  const points = series.data.map((point, i) => [x(i), y(point.value)]);
  const path = points.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join(" ");
  if (isArea) group.append(svg("path", { class: "soft", d: `${path} L${points.at(-1)[0]} ${base} L${points[0][0]} ${base} Z` }));
  group.append(svg("path", { class: "stroke", d: path, "stroke-dasharray": DASHES[s] }));
  series.data.forEach((point, i) => {
    const mark = marker(points[i], s);
    mark.append(tip(series, point));
    group.append(mark);
  });
}

function marker([px, py], s) {
  if (s % 3 === 1) return svg("rect", { class: "fill", x: px - 3.6, y: py - 3.6, width: 7.2, height: 7.2 });
  if (s % 3 === 2) return svg("path", { class: "fill", d: `M${px} ${py - 5} L${px + 4.6} ${py + 3.6} L${px - 4.6} ${py + 3.6} Z` });
  return svg("circle", { class: "fill", cx: px, cy: py, r: 3.8 });
}

function tip(series, point) {
  return svg("title", {}, `${series.name}, ${point.label}: ${number(point.value)}`);
}

function legend(chart) {
  const key = (s) => {
    const group = svg("g", { class: `c${s + 1}` });
    if (chart.type === "bar") group.append(svg("rect", { class: "fill", x: 4, y: 0, width: 12, height: 12, rx: 2 }));
    else group.append(svg("path", { class: "stroke", d: "M0 6 L22 6", "stroke-dasharray": DASHES[s] }), marker([11, 6], s));
    return svg("svg", { viewBox: "0 0 22 12", "aria-hidden": "true" }, group);
  };
  return el("ul", { class: "legend" }, chart.series.map((series, s) => el("li", {}, key(s), series.name)));
}

function pie(block) {
  const { segments } = block.chart;
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  const root = svg("svg", { viewBox: `0 0 ${W} 230`, role: "img", "aria-label": describe(block) });
  let angle = -Math.PI / 2;
  segments.forEach((segment, s) => {
    const share = segment.value / total;
    const next = angle + share * 2 * Math.PI;
    const at = (a, r) => [150 + r * Math.cos(a), 115 + r * Math.sin(a)];
    const [x1, y1] = at(angle, 100);
    const [x2, y2] = at(next, 100);
    const whole = "M150 15 A100 100 0 1 1 149.9 15 Z";
    const d = share > 0.999 ? whole : `M150 115 L${x1} ${y1} A100 100 0 ${share > 0.5 ? 1 : 0} 1 ${x2} ${y2} Z`;
    const slice = svg("path", { class: "slice", d });
    slice.append(svg("title", {}, `${segment.label}: ${number(segment.value)}`));
    const [tx, ty] = at((angle + next) / 2, 66);
    const group = svg("g", { class: `c${s + 1}` }, slice, share > 0.06 && svg("text", { class: "slice-text", x: tx, y: ty + 4 }, `${Math.round(share * 100)}%`));
    const row = 40 + s * 26;
    group.append(svg("rect", { class: "fill", x: 300, y: row - 10, width: 12, height: 12, rx: 2 }));
    group.append(svg("text", { x: 320, y: row }, `${segment.label}: ${number(segment.value)} (${Math.round(share * 100)}%)`));
    root.append(group);
    angle = next;
  });
  return el("div", {}, root);
}

export function describe({ title, chart }) {
  if (chart.type === "pie") return `Pie chart. ${title}. ${chart.segments.map((s) => `${s.label} ${number(s.value)}`).join(", ")}.`;
  const one = (series) => {
    const [first, last] = [series.data[0], series.data.at(-1)];
    return `${series.name} from ${number(first.value)} (${first.label}) to ${number(last.value)} (${last.label})`;
  };
  return `${chart.type[0].toUpperCase()}${chart.type.slice(1)} chart. ${title}. ${chart.series.map(one).join("; ")}.`;
}

function niceScale(low, high, kind) {
  // Bars and areas are read by their length, so they start at zero; a line may start where its values are.
  let [from, to] = kind === "line" ? [low, high] : [Math.min(0, low), Math.max(0, high)];
  if (kind === "line" && low >= 0 && low < 0.4 * high) from = 0;
  if (from === to) [from, to] = [from - (Math.abs(from) || 1) * 0.5, to + (Math.abs(to) || 1) * 0.5];
  const rough = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const bottom = Math.floor(from / step) * step;
  const top = Math.ceil(to / step) * step;
  const ticks = [];
  for (let tick = bottom; tick <= top + step / 1e6; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return { low: bottom, high: top, ticks };
}

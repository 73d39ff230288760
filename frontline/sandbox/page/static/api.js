// Talking to the sandbox.

import { notify } from "./dom.js";

async function read(response) {
  const body = await response.json().catch(() => ({ error: "The sandbox did not answer." }));
  if (!response.ok) throw new Error(body.error || "Something went wrong.");
  return body;
}

export async function get(path, params = {}) {
  return read(await fetch(`${path}?${new URLSearchParams(params)}`));
}

export async function post(path, body) {
  try {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    return await read(await fetch(path, sent));
  } catch (problem) {
    notify(problem.message);
    return null;
  }
}

export function follow(onChange, onLink) {
  const source = new EventSource("/sandbox/events");
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
  source.onmessage = (event) => onChange(JSON.parse(event.data));
}

// The calls of the API as they come in, newest first.
import { ask, attempt, button, el, table } from "./dom.js";

const KEPT = 300;

export async function calls() {
  let last = 0;
  let seen = [];
  const list = el("section", { class: "sheet" });
  const counts = el("span", { class: "soft" });
  const look = async () => {
    const found = await ask("GET", `/calls?since=${last}`);
    counts.textContent = Object.entries(found.counts).map(([name, count]) => `${name}: ${count}`).join(" · ");
    if (!found.calls.length && seen.length) return;
    last = found.calls.at(-1)?.n ?? last;
    seen = [...found.calls.slice(-KEPT).reverse(), ...seen].slice(0, KEPT);
    list.replaceChildren(seen.length ? table([["#"], ["Time", "roomy"], ["Call"], ["Answer"], ["By", "roomy"]], seen.map(row)) : el("p", { class: "empty" }, "No calls yet."));
  };
  await look();
  const timer = setInterval(() => look().catch(() => {}), 1000);
  const clear = async () => {
    await attempt(() => ask("DELETE", "/calls"), "Cleared.");
    seen = [];
    await look();
  };
  return { nodes: [el("div", { class: "bar" }, el("h1", {}, "Calls"), counts, button("Clear", clear)), list], stop: () => clearInterval(timer) };
}

function row(call) {
  const look = call.status === null ? "bad" : call.status < 300 ? "good" : call.status === 429 ? "warn" : "bad";
  const words = call.status === null ? "no answer" : String(call.status);
  const query = decodeURIComponent(call.query.replaceAll("+", " ").replace(/%(?![0-9a-f]{2})/gi, "%25"));
  return el("tr", {},
    el("td", { class: "soft" }, call.n),
    el("td", { class: "soft roomy" }, call.at.slice(11, 19)),
    el("td", { class: "code words" }, el("strong", {}, call.method), ` ${call.path}`, query && el("div", { class: "soft clip" }, query) || null),
    el("td", {}, el("span", { class: look }, words), call.fault && el("div", { class: "soft" }, `fault ${call.fault}`) || null),
    el("td", { class: "soft roomy" }, call.agent));
}

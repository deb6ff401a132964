// Who listens to the store, what was delivered to them, and what goes wrong on purpose.
import { ask, attempt, button, el, sheet, table } from "./dom.js";

const KEPT = 200;
const again = () => dispatchEvent(new Event("refresh"));
const KINDS = {
  duplicate: "The same message is sent twice.",
  disorder: "It is sent after a later one.",
  loss: "It is never sent.",
  forged: "One signed by someone else is sent, too.",
  stale: "One with a valid signature from ten minutes ago is sent, too.",
};

export async function webhooks() {
  const listeners = el("section", { class: "sheet" });
  const list = el("section", { class: "sheet" });
  const words = el("span", { class: "soft" });
  const look = async () => {
    const [found, { deliveries }] = await Promise.all([ask("GET", "/hooks"), ask("GET", "/deliveries")]);
    words.textContent = summary(found);
    listeners.replaceChildren(hooks(found.hooks));
    list.replaceChildren(sent(deliveries.slice(-KEPT).reverse()));
  };
  await look();
  const timer = setInterval(() => look().catch(() => {}), 1000);
  const { faults } = await ask("GET", "/hook-faults");
  const nodes = [el("div", { class: "bar" }, el("h1", {}, "Webhooks"), words), listeners, el("h2", {}, "Deliveries"), list, ...faultSheets(faults)];
  return { nodes, stop: () => clearInterval(timer) };
}

function summary({ waiting, dropped, blocked }) {
  const domains = Object.entries(blocked).map(([domain, left]) => `${domain} is on the blocklist for ${Math.ceil(left)} s`);
  return [`${waiting} waiting`, dropped ? `${dropped} dropped` : "", ...domains].filter(Boolean).join(" · ");
}

function hooks(found) {
  if (!found.length) return el("p", { class: "empty" }, "No hooks yet. Apps create them with POST /v3/hooks.");
  const rows = found.map((hook) => el("tr", {},
    el("td", {}, hook.id),
    el("td", { class: "code words" }, hook.scope),
    el("td", { class: "code words" }, hook.destination),
    el("td", {}, el("span", { class: hook.is_active ? "good" : "bad" }, hook.is_active ? "active" : "switched off"))));
  return table([["#"], ["Listens to"], ["Destination"], ["State"]], rows);
}

function sent(deliveries) {
  if (!deliveries.length) return el("p", { class: "empty" }, "Nothing has been delivered yet.");
  return table([["#"], ["Hook", "number roomy"], ["Event"], ["State"], ["Attempts", "number"], ["Happened", "roomy"]], deliveries.map(row));
}

const LOOKS = { delivered: "good", waiting: "waiting", sending: "waiting", refused: "warn", lost: "warn" };

function row(delivery) {
  const { data } = JSON.parse(delivery.body);
  const about = data.orderId ? `${data.type} ${data.id} of order ${data.orderId}` : `${data.type} ${data.id}`;
  const last = delivery.attempts.at(-1);
  const next = delivery.retry_in ? `, again in ${Math.ceil(delivery.retry_in)} s` : "";
  return el("tr", {},
    el("td", { class: "soft" }, delivery.n),
    el("td", { class: "number roomy" }, delivery.hook_id),
    el("td", { class: "words" }, el("span", { class: "code" }, delivery.scope), el("div", { class: "soft" }, about, delivery.kind === "event" ? "" : ` (${delivery.kind})`)),
    el("td", { class: "words" }, el("span", { class: LOOKS[delivery.state] ?? "bad" }, delivery.state), last && el("div", { class: "soft clip" }, `${last.status ?? last.error}${next}`) || null),
    el("td", { class: "number" }, delivery.attempts.length || "–"),
    el("td", { class: "soft roomy" }, delivery.at.slice(11, 19)));
}

function faultSheets(faults) {
  const rows = faults.map((fault) => el("tr", {},
    el("td", { class: "words" }, el("strong", {}, fault.kind), el("div", { class: "soft" }, KINDS[fault.kind])),
    el("td", { class: "code words" }, fault.scope || "every event"),
    el("td", { class: "number" }, fault.times === null ? `${fault.struck}` : `${fault.struck} of ${fault.times}`)));
  const clear = button("Clear all", async () => (await attempt(() => ask("DELETE", "/hook-faults"), "Cleared.")) && again());
  const list = rows.length ? [table([["What happens"], ["Applies to"], ["Hits", "number"]], rows)] : [el("p", { class: "soft" }, "No faults are set.")];
  const bar = el("div", { class: "bar apart" }, el("h2", {}, "Delivery faults"), rows.length ? clear : null);
  return [bar, sheet("", list), sheet("Set a fault", faultForm())];
}

function faultForm() {
  const save = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const fault = { kind: form.get("kind"), scope: form.get("scope"), times: form.get("times") ? Number(form.get("times")) : null };
    (await attempt(() => ask("POST", "/hook-faults", fault), "Fault set.")) && again();
  };
  return el("form", { class: "grid", onsubmit: save },
    el("label", {}, "What happens", el("select", { name: "kind" }, Object.keys(KINDS).map((kind) => el("option", { value: kind }, kind)))),
    el("label", {}, "Events (regular expression)", el("input", { name: "scope", placeholder: "order/created" })),
    el("label", {}, "How many times (empty: always)", el("input", { name: "times", type: "number", min: 1 })),
    el("button", { class: "main" }, "Set the fault"));
}

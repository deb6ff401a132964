// What goes wrong on purpose, and how the store behaves.
import { ask, attempt, button, el, sheet, table } from "./dom.js";

const again = () => dispatchEvent(new Event("refresh"));
const CHOICES = {
  plan: ["standard", "plus", "pro", "enterprise"],
  status_after_shipment: ["moves", "stays"],
  consignments_form: ["honours_parameter", "always_array"],
  errors_form: ["v2", "v3"],
  limit_over_max: ["clamp", "413"],
  archived_orders: ["listed", "left_out"],
  hook_retry_timestamp: ["fresh", "first"],
  pricing: ["inclusive", "exclusive", "mixed"],
  order_mix: ["usual", "wide"],
  tenders: ["before", "after", "mixed"],
};

export async function faults() {
  const { faults: set } = await ask("GET", "/faults");
  const rows = set.map((fault) => el("tr", {},
    el("td", {}, fault.id),
    el("td", { class: "code words" }, `${fault.method} ${fault.path || "every path"}`),
    el("td", { class: "words" }, effect(fault)),
    el("td", { class: "number" }, fault.times === null ? `${fault.struck}` : `${fault.struck} of ${fault.times}`)));
  const list = rows.length ? table([["#"], ["Applies to"], ["What happens"], ["Hits", "number"]], rows) : el("p", { class: "soft" }, "No faults are set.");
  const clear = button("Clear all", async () => (await attempt(() => ask("DELETE", "/faults"), "Cleared.")) && again());
  return { nodes: [el("div", { class: "bar" }, el("h1", {}, "Faults"), clear), sheet("", list), sheet("Set a fault", faultForm())] };
}

function effect(fault) {
  const parts = [];
  if (fault.status !== null) parts.push(`responds with ${fault.status}`);
  if (fault.header_only_retry !== null) parts.push(`429 with only X-Retry-After ${fault.header_only_retry}`);
  if (fault.cut) parts.push(`connection reset ${fault.cut} the work`);
  if (fault.delay) parts.push(`waits ${fault.delay} s`);
  if (fault.delay_answer) parts.push(`responds ${fault.delay_answer} s late`);
  if (fault.truncate !== null) parts.push(`only ${fault.truncate} bytes of the body`);
  if (fault.drip) parts.push(`a byte every ${fault.drip} s`);
  if (fault.redirect) parts.push(`redirects to ${fault.redirect}`);
  if (fault.content_type) parts.push(`says it is ${fault.content_type}`);
  return parts.join(", ") || "responds with a different body";
}

function faultForm() {
  const field = (words, name, more = {}) => el("label", {}, words, el("input", { name, ...more }));
  const choose = (words, name, options) => el("label", {}, words, el("select", { name }, options.map((value) => el("option", { value }, value || "no"))));
  const save = async (event) => {
    event.preventDefault();
    const given = [...new FormData(event.target)].filter(([, value]) => value !== "");
    const fault = Object.fromEntries(given.map(([name, value]) => [name, ["method", "path", "body", "cut"].includes(name) ? value : Number(value)]));
    (await attempt(() => ask("POST", "/faults", fault), "Fault set.")) && again();
  };
  return el("form", { class: "grid", onsubmit: save },
    choose("Method", "method", ["*", "GET", "PUT", "POST", "DELETE"]),
    field("Path (regular expression)", "path", { placeholder: "/orders/\\d+$" }),
    field("How many times (empty: always)", "times", { type: "number", min: 1 }),
    field("Respond with status", "status", { type: "number", min: 200, max: 599 }),
    field("Body of that response", "body"),
    choose("Reset the connection", "cut", ["", "before", "after"]),
    field("Seconds to wait first", "delay", { type: "number", min: 0, step: "any" }),
    field("Bytes of the body to send", "truncate", { type: "number", min: 0 }),
    el("button", { class: "main" }, "Set the fault"));
}

export async function settings() {
  const present = await ask("GET", "/settings");
  const save = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const changes = Object.fromEntries(Object.entries(present).map(([name, value]) => [name, read(form, name, value)]));
    (await attempt(() => ask("PUT", "/settings", changes), "Saved.")) && again();
  };
  const inputs = Object.entries(present).map(([name, value]) => el("label", {}, name.replaceAll("_", " "), input(name, value)));
  return { nodes: [el("div", { class: "bar" }, el("h1", {}, "Settings")), sheet("", el("form", { class: "grid", onsubmit: save }, inputs, el("div", { class: "wide" }, el("button", { class: "main" }, "Save"))))] };
}

function input(name, value) {
  if (CHOICES[name]) return el("select", { name }, CHOICES[name].map((one) => el("option", { value: one, selected: one === value }, one.replaceAll("_", " "))));
  if (typeof value === "boolean") return el("select", { name }, ["false", "true"].map((one) => el("option", { value: one, selected: one === String(value) }, one === "true" ? "yes" : "no")));
  if (typeof value === "number") return el("input", { name, type: "number", step: "any", value });
  return el("input", { name, value: typeof value === "string" ? value : JSON.stringify(value), class: typeof value === "string" ? "" : "code" });
}

function read(form, name, present) {
  const text = form.get(name);
  if (typeof present === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`“${name.replaceAll("_", " ")}” can’t be read.`);
  }
}

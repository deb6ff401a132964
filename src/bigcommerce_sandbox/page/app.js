// The store's page: which view is shown, and what is alive on every view.
import { ask, notice } from "./dom.js";
import { calls } from "./calls.js";
import { faults, settings } from "./steer.js";
import { webhooks } from "./webhooks.js";
import { order } from "./order.js";
import { orders } from "./orders.js";

const VIEWS = { orders, calls, webhooks, faults, settings };
let stop = () => {};
let turn = 0;

async function show() {
  const [name = "orders", id] = location.hash.replace(/^#\/?/, "").split("?")[0].split("/");
  const query = new URLSearchParams(location.hash.split("?")[1] ?? "");
  const view = name === "orders" && id ? order : VIEWS[name] ?? orders;
  for (const link of document.querySelectorAll("nav a")) {
    const current = link.hash.slice(2) === (VIEWS[name] ? name : "orders");
    current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  stop();
  stop = () => {};
  const mine = ++turn;
  try {
    const shown = await view(id, query);
    if (mine !== turn) return shown.stop?.();
    stop = shown.stop ?? stop;
    document.getElementById("main").replaceChildren(...shown.nodes);
  } catch (trouble) {
    notice(trouble.message);
  }
}

async function watchQuota() {
  try {
    const { quota, left, reset_ms } = await ask("GET", "/quota");
    const gauge = document.getElementById("quota");
    gauge.max = quota;
    gauge.low = quota * 0.2;
    gauge.optimum = quota;
    gauge.value = left;
    document.getElementById("quota-words").textContent = `${left} of ${quota} calls left, ${Math.ceil(reset_ms / 1000)} s`;
  } catch {
    document.getElementById("quota-words").textContent = "The store isn’t responding";
  }
  setTimeout(watchQuota, 1000);
}

addEventListener("hashchange", show);
addEventListener("refresh", show);
ask("GET", "/settings").then((found) => {
  document.getElementById("store-name").textContent = document.title = found.store_name;
});
show();
watchQuota();

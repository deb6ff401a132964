// All orders, newest first.
import { ask, attempt, button, el, money, status, table, when } from "./dom.js";

const LIVE_SECONDS = 3;
const BASES = { "": "prices as set", inclusive: "prices with tax", exclusive: "prices without tax" };

export async function orders(_id, query) {
  const kinds = await ask("GET", "/kinds");
  const list = el("div");
  const fill = async () => list.replaceChildren(...(await page(query)));
  await fill();
  const timer = setInterval(() => fill().catch(() => {}), LIVE_SECONDS * 1000);
  return { nodes: [bar(query, kinds.kinds), list], stop: () => clearInterval(timer) };
}

function bar(query, kinds) {
  const look = (changes) => {
    for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
    query.delete("page");
    location.hash = `#/orders?${query}`;
  };
  const search = el("input", { type: "search", placeholder: "Number, name, e-mail", "aria-label": "Search", value: query.get("search"), onchange: (event) => look({ search: event.target.value }) });
  const by = el("select", { "aria-label": "Status", onchange: (event) => look({ status_id: event.target.value }) });
  fillStatuses(by, query.get("status_id"));
  const kind = el("select", { "aria-label": "Kind of order" }, el("option", { value: "" }, "any kind"), kinds.map((name) => el("option", { value: name }, name.replaceAll("_", " "))));
  const basis = el("select", { "aria-label": "Prices" }, Object.entries(BASES).map(([value, words]) => el("option", { value }, words)));
  const place = async () => {
    const placed = await attempt(() => ask("POST", "/orders", { count: 1, kind: kind.value || null, pricing: basis.value || null }));
    if (placed) location.hash = `#/orders/${placed.ids[0]}`;
  };
  return el("div", { class: "bar" }, el("h1", {}, "Orders"), search, by, kind, basis, button("Place an order", place, "main"));
}

async function fillStatuses(select, chosen) {
  const { statuses } = await ask("GET", "/statuses");
  select.append(el("option", { value: "" }, "every status"));
  select.append(...statuses.map(({ id, label, count }) => el("option", { value: id, selected: String(id) === chosen }, `${label} (${count})`)));
}

async function page(query) {
  const found = await ask("GET", `/orders?${query}`);
  if (!found.total) return [el("p", { class: "sheet empty" }, query.size ? "No matching orders." : "No orders yet. Place one.")];
  const columns = [["Order"], ["Customer"], ["Status"], ["Items", "number roomy"], ["Total", "number"], ["Placed", "roomy"]];
  return [el("section", { class: "sheet" }, table(columns, found.orders.map(row))), pages(query, found)];
}

function row(order) {
  const items = order.shipped ? `${order.shipped} of ${order.items} shipped` : order.items;
  const name = order.customer || order.email || "no name";
  return el("tr", {},
    el("td", {}, el("a", { href: `#/orders/${order.id}` }, order.id), order.archived && el("div", { class: "soft" }, "archived") || null),
    el("td", { class: "words" }, el("bdi", { class: "clip" }, name), order.company && el("bdi", { class: "soft clip" }, order.company) || null),
    el("td", {}, status(order.status_id, order.status)),
    el("td", { class: "number roomy" }, items),
    el("td", { class: "number" }, order.raw ? "raw" : money(order.total, order.currency)),
    el("td", { class: "roomy" }, when(order.date_created)));
}

function pages(query, found) {
  const to = (number) => {
    query.set("page", number);
    location.hash = `#/orders?${query}`;
  };
  const back = button("Newer", () => to(found.page - 1));
  const on = button("Older", () => to(found.page + 1));
  back.disabled = found.page <= 1;
  on.disabled = found.page >= found.pages;
  return el("div", { class: "pages" }, back, el("span", { class: "soft" }, `${found.total} orders, page ${found.page} of ${found.pages}`), on);
}

// One order with everything that the store knows of it, and what a person can do to it.
import { ask, attempt, button, el, money, sheet, status, table, when } from "./dom.js";

const PERSON = ["first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country", "phone", "email"];
const again = () => dispatchEvent(new Event("refresh"));

export async function order(id) {
  const [found, { statuses }] = await Promise.all([ask("GET", `/orders/${id}`), ask("GET", "/statuses")]);
  if (found.raw !== null) return { nodes: [el("h1", {}, `Order ${id}`), sheet("Served as it is", el("pre", { class: "long code" }, found.raw))] };
  const main = el("div", {}, lines(found), shipments(found), extras(found), messages(found), edit(found));
  const side = el("div", {}, totals(found), people(found), history(found, statuses));
  return { nodes: [bar(found, statuses), el("div", { class: "columns" }, main, side)] };
}

function bar(found, statuses) {
  const path = `/orders/${found.id}`;
  const act = (words, work, done, look) => button(words, async () => (await attempt(work, done)) && again(), look);
  const choose = el("select", { "aria-label": "Status" }, statuses.map(({ id, label }) => el("option", { value: id, selected: id === found.header.status_id }, label)));
  choose.addEventListener("change", async () => (await attempt(() => ask("PATCH", path, { status_id: Number(choose.value) }), "Status changed.")) && again());
  const ship = act("Ship what is open", () => ask("POST", `${path}/shipments`, {}), "Shipped.", "main");
  ship.disabled = found.lines.every((line) => !line.order_address_id || line.quantity <= line.quantity_shipped + line.quantity_refunded);
  return el("div", { class: "bar" },
    el("h1", {}, `Order ${found.id} `, status(found.header.status_id, found.status)),
    choose,
    ship,
    act("Refund", () => ask("POST", `${path}/refunds`, {}), "Refunded."),
    act(found.archived ? "Restore" : "Archive", () => ask("PATCH", path, { is_deleted: !found.archived }), "Done."),
    button("Delete", async () => (await attempt(() => ask("DELETE", path), "Deleted for good.")) && (location.hash = "#/orders"), "danger"));
}

function lines(found) {
  const columns = [["Item"], ["SKU", "roomy"], ["Quantity", "number"], ["Shipped", "number"], ["Total", "number"]];
  const rows = found.lines.map((line) => el("tr", { class: line.parent_order_product_id ? "part" : "" },
    el("td", { class: "words" }, el("bdi", {}, line.name), lineNotes(line)),
    el("td", { class: "code roomy" }, line.sku),
    el("td", { class: "number" }, line.quantity),
    el("td", { class: "number" }, line.quantity_shipped || "–"),
    el("td", { class: "number" }, money(found.terms.inclusive ? line.total_inc_tax : line.total_ex_tax))));
  return sheet(`${found.header.items_total} items`, table(columns, rows));
}

function lineNotes(line) {
  const notes = line.product_options.map((option) => `${option.display_name}: ${option.display_value}`);
  notes.push(...line.applied_discounts.map((cut) => `${cut.name}${cut.code ? ` (${cut.code})` : ""}: −${money(cut.amount)}`));
  if (line.wrapping_name) notes.push(`${line.wrapping_name}: “${line.wrapping_message}”`);
  if (line.quantity_refunded) notes.push(`${line.quantity_refunded} refunded`);
  if (line.type !== "physical") notes.push(line.type === "digital" ? "download" : "gift certificate");
  return notes.map((words) => el("div", { class: "soft" }, words));
}

function shipments(found) {
  if (!found.shipments.length) return sheet("Shipments", el("p", { class: "soft" }, "Nothing has shipped yet."));
  const columns = [["Shipment"], ["Carrier"], ["Tracking number"], ["Items", "number"], ["", ""]];
  const rows = found.shipments.map((parcel) => el("tr", {},
    el("td", {}, parcel.id),
    el("td", {}, parcel.shipping_provider_display_name || parcel.tracking_carrier || "–"),
    el("td", { class: "code" }, parcel.tracking_number || "–"),
    el("td", { class: "number" }, parcel.items.reduce((sum, item) => sum + item.quantity, 0)),
    el("td", { class: "soft roomy" }, parcel.date_created)));
  return sheet("Shipments", table(columns, rows));
}

// The parts on the order's own basis: with tax it is contained in the total, without it is added to the parts.
function totals(found) {
  const { header, terms } = found;
  const side = terms.inclusive ? "inc_tax" : "ex_tax";
  const fees = found.fees.reduce((sum, fee) => sum + Number(fee[`cost_${side}`]), 0);
  const costs = [["Shipping", "shipping"], ["Handling", "handling"], ["Gift wrapping", "wrapping"]].map(([name, part]) => [name, header[`${part}_cost_${side}`]]);
  const parts = [["Subtotal", header[`subtotal_${side}`]], ...costs, ["Fees", fees.toFixed(4)]];
  const cuts = [["Discounts", header.discount_amount], ["Coupons", header.coupon_discount]];
  const tenders = [["Store credit used", header.store_credit_amount], ["Gift certificate used", header.gift_certificate_amount]];
  const shown = (rows, sign = "") => rows.filter(([, amount]) => Number(amount)).map(([name, amount]) => [el("dt", {}, name), el("dd", {}, sign + money(amount))]);
  const tax = [el("dt", {}, terms.inclusive ? "of which tax" : "Tax"), el("dd", {}, money(header.total_tax))];
  return sheet(terms.inclusive ? "Money, prices with tax" : "Money, prices without tax", el("dl", {}, shown(parts), shown(cuts, "−"),
    terms.inclusive ? [] : tax, terms.net ? shown(tenders, "−") : [],
    el("dt", { class: "total" }, "Total"), el("dd", { class: "total" }, money(header.total_inc_tax, header.default_currency_code)),
    terms.inclusive ? tax : [], terms.net ? [] : shown(tenders),
    el("dt", {}, "Paid by"), el("dd", {}, `${header.payment_method}${header.payment_status ? `, ${header.payment_status}` : ""}`),
    found.refunds.length ? [el("dt", {}, "Refunded"), el("dd", {}, found.refunds.reduce((sum, refund) => sum + refund.total_amount, 0).toFixed(2))] : []));
}

function people(found) {
  const billing = sheet(found.header.customer_id ? `Customer ${found.header.customer_id}` : "Guest", written(found.header.billing_address));
  const places = found.addresses.map((place) => sheet(`Ship to · ${place.shipping_method}`, written(place)));
  const pickups = found.pickups.map((place) => sheet("Pickup", el("address", {}, place.location.name, el("br"), place.location.address_line_1)));
  return [billing, ...places, ...pickups];
}

function written(place) {
  const name = `${place.first_name ?? ""} ${place.last_name ?? ""}`;
  const town = [place.city, place.state, place.zip].filter(Boolean).join(", ");
  const rows = [name, place.company, place.street_1, place.street_2, town, place.country, place.phone, place.email];
  const fields = (place.form_fields ?? []).map((field) => `${field.name}: ${[].concat(field.value).join(", ")}`);
  return el("address", {}, [...rows, ...fields].filter((row) => row?.trim()).map((row) => el("bdi", {}, row, el("br"))));
}

function extras(found) {
  const coupons = found.coupons.map((coupon) => `Coupon ${coupon.code}: −${coupon.discount}`);
  const fees = found.fees.map((fee) => `${fee.display_name_customer}: ${found.terms.inclusive ? fee.cost_inc_tax : fee.cost_ex_tax}`);
  const all = [...coupons, ...fees];
  return all.length ? sheet("Coupons and fees", all.map((words) => el("div", {}, words))) : null;
}

function messages(found) {
  const notes = [["From the customer", found.header.customer_message], ["Staff notes", found.header.staff_notes]];
  return notes.filter(([, words]) => words).map(([title, words]) => sheet(title, el("p", { class: "long" }, words)));
}

function history(found, statuses) {
  const label = (id) => statuses.find((one) => one.id === id)?.label ?? id;
  const steps = [...found.history].reverse().map((step) => el("li", {}, status(step.to, label(step.to)), el("div", { class: "soft" }, `by ${step.by}, `, when(new Date(step.at * 1000).toISOString()))));
  return sheet("History", el("ol", { class: "history" }, steps));
}

function edit(found) {
  const inputs = PERSON.map((name) => el("label", {}, name.replaceAll("_", " "), el("input", { name, value: found.header.billing_address[name] ?? "" })));
  const counts = found.lines.map((line) => el("label", {}, `Quantity of ${line.sku || line.name}`, el("input", { type: "number", min: 0, name: `line-${line.id}`, value: line.quantity })));
  const notes = ["customer_message", "staff_notes"].map((name) => el("label", { class: "wide" }, name.replaceAll("_", " "), el("textarea", { name, rows: 2 }, found.header[name] ?? "")));
  const save = async (event) => {
    event.preventDefault();
    const changes = changed(found, new FormData(event.target));
    (await attempt(() => ask("PATCH", `/orders/${found.id}`, changes), "Saved.")) && again();
  };
  const form = el("form", { class: "grid", onsubmit: save }, inputs, counts, notes, el("button", { class: "main" }, "Save"));
  return el("section", { class: "sheet" }, el("details", {}, el("summary", {}, "Edit the order"), el("br"), form));
}

function changed(found, form) {
  const changes = { billing_address: Object.fromEntries(PERSON.map((name) => [name, form.get(name)])) };
  for (const name of ["customer_message", "staff_notes"]) changes[name] = form.get(name);
  const lines = found.lines.filter((line) => Number(form.get(`line-${line.id}`)) !== line.quantity);
  if (lines.length) changes.lines = lines.map((line) => ({ id: line.id, quantity: Number(form.get(`line-${line.id}`)) }));
  return changes;
}

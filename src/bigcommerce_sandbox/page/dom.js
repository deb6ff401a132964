// Small pieces that all views are built of. Text goes in as text, never as markup.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

export async function ask(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const answer = await fetch(`/sandbox${path}`, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.details?.invalid_reason ?? value.error);
  return value;
}

let hiding;
export function notice(words) {
  const place = document.getElementById("notice");
  place.textContent = words;
  clearTimeout(hiding);
  hiding = setTimeout(() => (place.textContent = ""), 6000);
}

// Runs what a person asked for and says what became of it.
export async function attempt(work, done) {
  try {
    const value = await work();
    if (done) notice(done);
    return value;
  } catch (trouble) {
    notice(trouble.message);
  }
}

export function button(words, onclick, look = "") {
  return el("button", { type: "button", class: look, onclick }, words);
}

export function sheet(title, ...children) {
  return el("section", { class: "sheet" }, title && el("h2", {}, title), ...children);
}

export function table(columns, rows) {
  const head = columns.map(([words, look]) => el("th", { scope: "col", class: look }, words));
  return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

const LOOKS = { 2: "good", 10: "good", 3: "warn", 8: "warn", 9: "warn", 11: "waiting", 1: "waiting", 7: "waiting" };
export function status(id, words) {
  return el("span", { class: `status ${LOOKS[id] ?? ([4, 5, 6, 12, 13, 14].includes(id) ? "bad" : "quiet")}` }, words);
}

// 4 decimals come from the store; zeros that say nothing are left out.
export function money(text, currency = "") {
  const digits = { JPY: 0, KWD: 3 }[currency] ?? 2;
  const short = String(text ?? "").replace(new RegExp(`(\\.\\d{${digits}})0+$`), digits ? "$1" : "").replace(/\.$/, "");
  return currency ? `${short} ${currency}` : short;
}

export function when(text) {
  return el("time", { datetime: text, title: text }, new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}

// The keys: "/" searches, "g" and a letter go to a page, j and k move in a list, x chooses, "?" tells them all.
// On an order s ships, p prints, n and b go to the next and the previous one. A scanner is told from a person, too.
(() => {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const JUST_OFF = "counterfoil-keys-off"; // a cookie, for the moments until the server knows
  const isOff = () => document.body.dataset.keys === "off" || document.cookie.split("; ").includes(`${JUST_OFF}=1`);
  const TOO_LATE = 1500; // milliseconds between g and its letter
  const QUICK = 40; // milliseconds between two keys: people are slower, scanners are not
  const SHORTEST_CODE = 3;
  const places = new Map(Array.from(document.querySelectorAll("nav a[data-key]"), (link) => [link.dataset.key, link]));
  const search = () => Array.from(document.querySelectorAll("main input[type='search']")).find((each) => each.checkVisibility());
  let went = 0;
  let waiting = 0;

  const rows = () => Array.from(document.querySelectorAll("main tr[data-href], main article[id]:not(.parcel), main [data-row]")).filter((row) => row.checkVisibility());
  const handle = (row) => row.querySelector("a[href], summary, button") ?? row;
  const here = () => rows().find((row) => row.contains(document.activeElement));

  // The focus itself moves, so that Enter opens what is seen and heard.
  const move = (by) => {
    const all = rows();
    const at = all.indexOf(here());
    const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
    if (!to) return;
    handle(to).focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  };

  const choose = () => here()?.querySelector("input[type='checkbox']")?.click();

  const find = () => {
    const field = search();
    if (!field) {
      const orders = places.get("o");
      if (orders) location.assign(`${orders.href}#search`);
      return;
    }
    field.focus();
    field.select();
  };

  const ACTS = { "/": find, "?": () => dialog.showModal(), j: () => move(1), k: () => move(-1), x: choose };

  // What a key presses on this page: a link or a button of it that says so. Menus that are closed count, too.
  const pressed = (key) => Array.from(document.querySelectorAll("main [data-press]")).find((each) => each.dataset.press === key && !each.disabled && (each.localName !== "a" || each.href));
  // A scanner without a field types on the page: what is pressed waits until it is clear that no more keys follow.
  const soon = (element) => () => { waiting = setTimeout(() => element.click(), 2 * QUICK); };

  const isTyping = ({ target }) => target.isContentEditable || target.matches("textarea, select, input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit'])");

  document.addEventListener("keydown", (event) => {
    clearTimeout(waiting);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isOff() || document.querySelector("dialog[open]") || isTyping(event)) return;
    const place = Date.now() - went < TOO_LATE && places.get(event.key);
    went = event.key === "g" ? Date.now() : 0;
    const element = !event.repeat && /^[a-z]$/.test(event.key) && pressed(event.key);
    const act = place ? () => place.click() : ACTS[event.key] ?? (element && soon(element));
    if (!act) return;
    event.preventDefault();
    act();
  });

  // A code that a scanner types into the search of the orders opens its order, ready to ship.
  let keys = [];
  document.addEventListener("keydown", (event) => {
    const { target, key, timeStamp } = event;
    const isSearch = target.matches?.("main input[type='search']") && location.pathname === places.get("o")?.pathname;
    if (!isSearch || event.isComposing) return;
    if (key !== "Enter") {
      if (key.length === 1) keys = [...(timeStamp - (keys.at(-1) ?? timeStamp) > QUICK ? [] : keys), timeStamp];
      return;
    }
    const code = target.value.trim();
    const isScan = code.length >= SHORTEST_CODE && keys.length >= code.length && timeStamp - keys.at(-1) <= QUICK;
    keys = [];
    if (!isScan) return;
    event.preventDefault();
    location.assign(`${dialog.dataset.scan}?code=${encodeURIComponent(code)}`);
  });

  // Who speaks to the computer, or whose keyboard has other plans, switches the keys off: for good, wherever they log in.
  const form = dialog.querySelector("[data-keys-form]");
  form.addEventListener("change", async ({ target }) => {
    document.body.dataset.keys = target.checked ? "on" : "off";
    document.cookie = `${JUST_OFF}=1; path=/; samesite=lax; max-age=${target.checked ? 0 : 60}`;
    const said = form.querySelector("[role='status']");
    said.textContent = "";
    try {
      const answer = await fetch(form.action, { method: "POST", keepalive: true, headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      said.textContent = answer.ok ? "Saved." : "This couldn’t be saved. Reload the page and try again.";
    } catch {
      said.textContent = "This couldn’t be saved. Try again when the network is back.";
    }
  });

  const list = dialog.querySelector("[data-places]");
  for (const [key, link] of places) {
    const line = list.appendChild(document.createElement("div"));
    const keys = line.appendChild(document.createElement("dt"));
    for (const each of ["g", key]) keys.appendChild(document.createElement("kbd")).textContent = each;
    line.appendChild(document.createElement("dd")).textContent = link.querySelector("span").firstChild.textContent;
  }
  for (const button of document.querySelectorAll("[data-keys]:not(body)")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
  if (location.hash === "#search" && search()) {
    history.replaceState(history.state, "", location.pathname + location.search);
    find();
  }
})();

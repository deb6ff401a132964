// The keys: "/" searches, "g" and a letter go to a page, j and k move in a list, x chooses, "?" tells them all.
(() => {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const OFF = "counterfoil-keys-off"; // a cookie: the browser's storage is emptied at the logout
  const isOff = () => document.cookie.split("; ").includes(`${OFF}=1`);
  const TOO_LATE = 1500; // milliseconds between g and its letter
  const places = new Map(Array.from(document.querySelectorAll("nav a[data-key]"), (link) => [link.dataset.key, link]));
  const search = () => Array.from(document.querySelectorAll("main input[type='search']")).find((each) => each.checkVisibility());
  let went = 0;

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

  const isTyping = ({ target }) => target.isContentEditable || target.matches("textarea, select, input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit'])");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isOff() || dialog.open || isTyping(event)) return;
    const place = Date.now() - went < TOO_LATE && places.get(event.key);
    went = event.key === "g" ? Date.now() : 0;
    const act = place ? () => place.click() : ACTS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // Who speaks to the computer, or whose keyboard has other plans, switches the keys off.
  const on = dialog.querySelector("input[name='on']");
  on.checked = !isOff();
  on.addEventListener("change", () => { document.cookie = `${OFF}=1; path=/; samesite=lax; max-age=${on.checked ? 0 : 31536000}`; });

  const list = dialog.querySelector("[data-places]");
  for (const [key, link] of places) {
    const line = list.appendChild(document.createElement("div"));
    const keys = line.appendChild(document.createElement("dt"));
    for (const each of ["g", key]) keys.appendChild(document.createElement("kbd")).textContent = each;
    line.appendChild(document.createElement("dd")).textContent = link.querySelector("span").firstChild.textContent;
  }
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
  if (location.hash === "#search" && search()) {
    history.replaceState(history.state, "", location.pathname + location.search);
    find();
  }
})();

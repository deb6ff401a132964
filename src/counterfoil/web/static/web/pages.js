// What the pages do by themselves: ask again for their live parts, tell of new rows, open a row that is clicked.
(() => {
  // What this tab kept of the person's work goes with them, whether or not the server answers.
  document.addEventListener("submit", (event) => { if (event.target.matches("form[action$='/logout/']")) sessionStorage.clear(); });

  // A double-click sends a form once. Whoever scans is quicker than that, and has a page of their own for it.
  const TWICE = 1_000; // milliseconds
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.timeStamp - (sent.get(event.target) ?? -TWICE) < TWICE) event.preventDefault();
    else sent.set(event.target, event.timeStamp);
  });

  // Who types before the scripts are there is heard, too: htmx has the page by now, and compares with what stands there.
  document.addEventListener("DOMContentLoaded", () => {
    for (const field of document.querySelectorAll("input[type='search'], textarea")) if (field.value !== field.defaultValue) htmx.trigger(field, "early");
  });

  const asked = new WeakMap();

  // Only while the tab is looked at; a part that was swapped in starts counting anew.
  const poll = () => {
    if (document.visibilityState !== "visible") return;
    for (const part of document.querySelectorAll("[data-poll]")) {
      const since = asked.get(part) ?? asked.set(part, Date.now()).get(part);
      if (Date.now() - since < part.dataset.poll * 1000) continue;
      asked.set(part, Date.now());
      htmx.trigger(part, "poll");
    }
  };
  // What nobody asked for keeps no login alive.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.triggeringEvent?.type === "poll") detail.headers["X-Poll"] = "1";
  });
  setInterval(poll, 500);
  document.addEventListener("visibilitychange", poll);

  // An answer from another address is the login or the like: the page itself then leads there, and back here.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname === new URL(pathInfo.finalRequestPath, location.href).pathname) return;
    event.detail.shouldSwap = false;
    document.dispatchEvent(new Event("counterfoil:leaving"));
    location.reload();
  });

  const rowIds = () => new Set(Array.from(document.querySelectorAll("#orders tr[id]"), (row) => row.id));
  let before = rowIds();
  document.addEventListener("htmx:beforeSwap", () => { before = rowIds(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig?.triggeringEvent?.type !== "poll" || event.detail.target.id !== "orders") return;
    const fresh = Array.from(document.querySelectorAll("#orders tr[id]")).filter((row) => !before.has(row.id));
    for (const row of fresh) row.classList.add("is-new");
    const news = document.getElementById("news");
    if (news && fresh.length) news.textContent = `${fresh.length} new sales order${fresh.length === 1 ? "" : "s"}`;
  });

  // A menu closes when one looks elsewhere.
  const closeOthers = (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!(menu.closest(".side") ?? menu).contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", closeOthers);
  document.addEventListener("focusin", closeOthers);
  // Also on the page that the way back shows as it was left.
  addEventListener("pagehide", () => { for (const menu of document.querySelectorAll(".side-menu[open]")) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // On a narrow screen the tab that is open may stand beyond the edge.
  const bringTab = () => {
    const open = document.querySelector(".tabs [aria-current]");
    if (!open) return;
    const tabs = open.closest(".tabs");
    const [seen, whole] = [open.getBoundingClientRect(), tabs.getBoundingClientRect()];
    if (seen.left < whole.left || seen.right > whole.right) tabs.scrollLeft += seen.left - whole.left;
  };
  document.addEventListener("htmx:afterSettle", bringTab);
  bringTab();

  // A row opens like its link, unless someone selects text in it.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label") || getSelection().toString()) return;
    if (event.metaKey || event.ctrlKey) window.open(row.dataset.href);
    else location.assign(row.dataset.href);
  });
})();

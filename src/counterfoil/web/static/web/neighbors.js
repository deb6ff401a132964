// From order to order as they stood in the list that one came from; beyond its last row the list's next page comes.
(() => {
  const KEY = "counterfoil-list";
  const ORDER = /\/orders\/(\d+)\/$/;

  const keep = () => {
    const rows = Array.from(document.querySelectorAll("#orders tr[data-href]"), (row) => row.dataset.href);
    const page = (rel) => document.querySelector(`#orders a[rel="${rel}"]`)?.href ?? "";
    sessionStorage.setItem(KEY, JSON.stringify({ url: location.href, orders: rows.filter((href) => ORDER.test(href)), next: page("next"), prev: page("prev") }));
  };
  if (document.getElementById("orders")) {
    keep();
    document.addEventListener("htmx:afterSettle", keep);
    return;
  }

  const list = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!list) return;
  for (const link of document.querySelectorAll("a[data-list]")) link.href = list.url;
  const nav = document.getElementById("neighbors");
  const at = list.orders.findIndex((href) => ORDER.exec(href)[1] === nav?.dataset.number);
  if (at < 0) return;
  // "Ship next" goes on in this list: what follows first, then what stands before.
  for (const link of document.querySelectorAll("a[data-ship-next]")) {
    const url = new URL(link.href);
    for (const href of [...list.orders.slice(at + 1), ...list.orders.slice(0, at)]) url.searchParams.append("order", ORDER.exec(href)[1]);
    link.href = url.href;
  }
  nav.querySelector("span").textContent = `${at + 1} of ${list.orders.length}`;
  for (const [rel, to, beyond] of [["prev", list.orders[at - 1], list.prev], ["next", list.orders[at + 1], list.next]]) {
    const link = nav.querySelector(`a[rel="${rel}"]`);
    if (to || beyond) link.href = to ?? beyond;
    else link.setAttribute("aria-disabled", "true");
  }
  nav.hidden = false;
})();

// Lists: their heads stay in sight, and the arrow keys go from the search into the rows and from row to row.
(() => {
  // Rows that open something; of lists without such rows those that have a link, where the page is a list.
  const rows = () => {
    const found = Array.from(document.querySelectorAll("main tr[data-href]"));
    const linked = () => document.querySelector("main form.filter") ? Array.from(document.querySelectorAll("main .table.list tbody tr:has(td a[href])")) : [];
    return (found.length ? found : linked()).filter((row) => row.checkVisibility());
  };
  const search = () => Array.from(document.querySelectorAll("main input[type='search']")).find((each) => each.checkVisibility());
  const go = (row) => {
    const to = row?.querySelector("td a[href]");
    if (!to) return false;
    to.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return true;
  };

  // Not while something else takes the keys: a menu, a dialog, a field in a row.
  const isBusy = (event) => event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing || document.querySelector("dialog[open], details.menu[open]");
  const step = (row, key) => {
    const all = rows();
    const at = all.indexOf(row);
    if (key === "ArrowUp" && at === 0) {
      search()?.focus();
      return true;
    }
    return go(all[key === "ArrowDown" ? Math.min(at + 1, all.length - 1) : at - 1]);
  };
  const act = (event) => {
    const { key, target } = event;
    if (target === search() && (key === "ArrowDown" || key === "Escape")) return go(rows()[0]);
    if (key === "Escape" && (target === document.body || target.id === "main")) return go(rows()[0]);
    const row = target.closest("main tr");
    if (!row || !target.matches("a, input[type='checkbox']") || !rows().includes(row)) return false;
    if (key === "ArrowDown" || key === "ArrowUp") return step(row, key);
    if (key === "Enter" && target.matches("input")) {
      row.querySelector("td a[href]").click();
      return true;
    }
    if (key === "Escape") {
      search()?.focus();
      return Boolean(search());
    }
    return false;
  };
  document.addEventListener("keydown", (event) => {
    if (!isBusy(event) && act(event)) event.preventDefault();
  });

  const skip = document.querySelector("[data-to-list]");
  skip?.addEventListener("click", (event) => {
    if (go(rows()[0])) event.preventDefault();
  });

  // A list that is wider than the window scrolls by itself, below its head; any other leaves that to the page.
  const measure = () => {
    const bar = document.querySelector("[data-list-bar]");
    document.documentElement.style.setProperty("--list-bar", `${bar && getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0}px`);
    for (const box of document.querySelectorAll("main .table-scroll")) {
      const table = box.querySelector(":scope > .table.list");
      if (!table) continue;
      box.classList.toggle("fits", table.scrollWidth <= box.clientWidth + 1);
      box.classList.toggle("is-wide", table.scrollWidth > box.clientWidth + 1);
    }
    if (skip) skip.hidden = !rows().length;
  };
  const watch = new ResizeObserver(measure);
  const begin = () => {
    watch.disconnect();
    for (const each of document.querySelectorAll("main .table-scroll, [data-list-bar]")) watch.observe(each);
    measure();
  };
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();

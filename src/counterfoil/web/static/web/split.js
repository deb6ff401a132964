// Process shipment: what is taken out of one parcel goes into the next one to the same address, and never more than is
// open. Out of the last one it goes nowhere: a button puts the rest into a new parcel.
(() => {
  const was = new WeakMap();
  const count = (text) => (text.trim() === "" ? 0 : /^\d{1,9}$/.test(text.trim()) ? Number(text) : null);
  const now = (field) => count(field.value) ?? 0;
  const put = (field, quantity) => {
    field.value = quantity;
    was.set(field, quantity);
  };
  const sum = (fields) => fields.reduce((total, field) => total + now(field), 0);

  const rebalance = (field, fields) => {
    const before = was.get(field) ?? count(field.defaultValue) ?? 0;
    was.set(field, now(field));
    const at = fields.indexOf(field);
    const following = fields.slice(at + 1);
    if (now(field) < before && following.length) put(following[0], now(following[0]) + before - now(field));
    let over = sum(fields) - Number(field.dataset.open);
    for (const other of [...following, ...fields.slice(0, at).reverse()]) {
      const taken = Math.min(over, now(other));
      if (taken <= 0) continue;
      put(other, now(other) - taken);
      over -= taken;
    }
  };

  const showRest = () => {
    for (const place of document.querySelectorAll(".ship-place")) {
      const lines = new Map();
      for (const field of place.querySelectorAll("[data-line]")) lines.set(field.dataset.line, [...(lines.get(field.dataset.line) ?? []), field]);
      let rest = 0;
      for (const fields of lines.values()) rest += Math.max(0, Number(fields[0].dataset.open) - sum(fields));
      const button = place.querySelector("button[name='rest']");
      if (button) button.disabled = rest === 0;
    }
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.matches(".ship-place [data-line]") || count(target.value) === null) return;
    const same = target.closest(".ship-place").querySelectorAll(`[data-line="${target.dataset.line}"]`);
    rebalance(target, Array.from(same));
    showRest();
  });
  document.addEventListener("htmx:afterSwap", showRest);
  showRest();
})();

// The list of sales orders: while one types it is searched again and again; Enter leads to a page of its own.
(() => {
  const form = document.getElementById("filter");
  const search = document.getElementById("id_q");
  let leaves = false;

  // The address names only what is chosen. What was typed last is not asked for beside the page that Enter leads to.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, triggeringEvent } = event.detail;
    if (elt !== form) return;
    if (leaves || (triggeringEvent?.type === "change" && triggeringEvent.target === search)) event.preventDefault();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form) return;
    const sent = event.detail.formData;
    for (const [name, value] of Array.from(sent ?? [])) if (value === "" || name === "go") sent.delete(name);
  });
  form.addEventListener("submit", () => {
    leaves = true;
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
  addEventListener("pageshow", () => {
    leaves = false;
    for (const field of form.elements) field.disabled = false;
  });

  // Whoever comes back to this address sees the list: it is not searched with Enter once more.
  const address = new URL(location.href);
  if (!address.searchParams.has("go")) return;
  address.searchParams.delete("go");
  history.replaceState(history.state, "", address);
  search.focus();
})();

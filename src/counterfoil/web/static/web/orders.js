// The list of sales orders: its address names only what is chosen.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filter") return;
  for (const [name, value] of Array.from(event.detail.formData ?? [])) if (value === "") event.detail.formData.delete(name);
});

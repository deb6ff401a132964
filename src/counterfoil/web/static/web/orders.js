// The list of sales orders: its address names only what is chosen; Enter asks for more than typing does.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filter") return;
  const sent = event.detail.formData;
  for (const [name, value] of Array.from(sent ?? [])) if (value === "") sent.delete(name);
  if (event.detail.triggeringEvent?.type === "submit") sent?.set("go", "1");
  else sent?.delete("go");
});

// The button that prints: there only where scripts run. The sheets of many orders are loaded part by part before.
(() => {
  const buttons = Array.from(document.querySelectorAll("[data-print]"));
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const bar = document.querySelector("[data-progress]");
  if (!bar) return;
  const [progress, said, again] = ["progress", "[role='status']", "[data-again]"].map((each) => bar.querySelector(each));
  const nothing = [];
  let loaded = 0;
  for (const button of buttons) button.disabled = true;

  const load = async (part) => {
    const answer = await fetch(part.dataset.part, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
    const sheets = document.createElement("template");
    sheets.innerHTML = await answer.text();
    for (const each of sheets.content.querySelectorAll("[data-nothing]")) {
      nothing.push(each.dataset.nothing);
      each.remove();
    }
    loaded += Number(part.dataset.number);
    part.replaceWith(sheets.content);
  };
  const all = async () => {
    again.hidden = true;
    try {
      for (const part of Array.from(document.querySelectorAll("[data-part]"))) {
        await load(part);
        progress.value = loaded;
        said.textContent = `${loaded.toLocaleString()} of ${progress.max.toLocaleString()} loaded`;
      }
    } catch {
      said.textContent = `${loaded.toLocaleString()} of ${progress.max.toLocaleString()} loaded. The server didn’t respond.`;
      again.hidden = false;
      return;
    }
    const without = Array.from(new Set(nothing.flatMap((names) => names.split(", "))));
    said.textContent = `All ${progress.max.toLocaleString()} loaded.${without.length ? ` Nothing to print for ${without.join(", ")}.` : ""}`;
    for (const button of buttons) button.disabled = false;
    document.dispatchEvent(new Event("counterfoil:loaded"));
  };
  again.addEventListener("click", all);
  all();
})();

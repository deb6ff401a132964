// Chosen orders stay chosen, in this tab: on the list's other pages, while one prints, on the way back. Until they are cleared.
(() => {
  const KEY = "counterfoil-chosen";
  const MOST = 1000; // as many as are changed or printed at once
  const MOST_FIELDS = 200; // beyond that the numbers go along in one short field
  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  };
  let chosen = new Set();
  let all = ""; // the list of which everything was chosen
  let anchor = null;
  let asked = "";

  const read = () => {
    const { numbers, everything } = kept();
    chosen = new Set(numbers ?? []);
    all = everything ?? "";
  };
  const keep = () => sessionStorage.setItem(KEY, JSON.stringify({ numbers: Array.from(chosen), everything: all }));
  const batch = () => document.getElementById("batch");
  const boxes = () => Array.from(document.querySelectorAll("input[form='batch'][name='order']"));

  // The list without what only turns its pages.
  const narrowed = () => {
    const asked = new URLSearchParams(batch()?.elements.filter.value ?? "");
    for (const name of ["page", "sort", "go"]) asked.delete(name);
    return `?${asked}`;
  };

  // Ascending numbers as their distances, in base 36: a thousand fit into an address.
  const packed = (numbers) => {
    let before = 0;
    return Array.from(numbers, Number).sort((one, other) => one - other).map((number) => {
      const distance = (number - before).toString(36);
      before = number;
      return distance;
    }).join(".");
  };

  const show = () => {
    const form = batch();
    const shown = boxes();
    for (const box of shown) box.checked = chosen.has(box.value);
    const here = shown.filter((box) => box.checked).length;
    const ofPage = document.querySelector("[data-choose-all]");
    if (ofPage) {
      ofPage.hidden = false;
      ofPage.checked = here > 0 && here === shown.length;
      ofPage.indeterminate = here > 0 && here < shown.length;
    }
    if (!form) return;
    const everything = form.querySelector("[data-everything]");
    everything.checked = all !== "" && all === narrowed();
    const elsewhere = chosen.size - here;
    form.querySelector("[data-chosen]").textContent = chosen.size ? `${chosen.size} selected${elsewhere ? `, ${elsewhere} not on this page` : ""}` : "";
    form.querySelector("[data-clear]").hidden = !chosen.size && !everything.checked;
    const nothing = !chosen.size && !everything.checked;
    for (const button of form.querySelectorAll("button[type='submit']:not([data-always])")) button.disabled = nothing;
    form.parentElement.classList.toggle("has-chosen", !nothing);
    form.parentElement.classList.toggle("none-chosen", nothing);
    check(elsewhere);
  };

  // What is chosen and not on this page may have left the list meanwhile: the server knows.
  const check = (elsewhere) => {
    const note = document.getElementById("selection-note");
    if (!note) return;
    if (!elsewhere) {
      note.replaceChildren();
      delete note.dataset.asked;
      return;
    }
    const query = new URLSearchParams({ chosen: packed(chosen), filter: batch().elements.filter.value });
    if (asked === `${query}` && note.dataset.asked) return;
    note.dataset.asked = "1";
    asked = `${query}`;
    ask(note, asked);
  };
  const ask = async (note, query) => {
    try {
      const answer = await fetch(`${note.dataset.url}?${query}`, { headers: { "X-Poll": "1" } });
      if (answer.ok && !answer.redirected && asked === query) note.innerHTML = await answer.text();
    } catch {
      asked = ""; // the page is being left, or the network is away: it is asked again
    }
  };

  const set = (box, on) => {
    if (!on) chosen.delete(box.value);
    else if (chosen.size < MOST) chosen.add(box.value);
  };
  const say = (text) => {
    const news = document.getElementById("news");
    if (news) news.textContent = text;
  };

  // With Shift held down everything from the one chosen before goes along.
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches?.("input[form='batch'][name='order']")) {
      const shown = boxes();
      const [from, to] = [shown.findIndex((each) => each.value === anchor), shown.indexOf(box)];
      const range = event.shiftKey && from >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
      for (const each of range) set(each, box.checked);
      anchor = box.value;
      if (chosen.size >= MOST) say(`${MOST} orders at most can be selected one by one.`);
      else say(`${chosen.size} selected`);
    } else if (box.closest?.("[data-clear]")) {
      chosen.clear();
      all = "";
      say("Nothing is selected.");
    } else if (box.closest?.("[data-drop]")) {
      for (const number of box.closest("[data-drop]").dataset.drop.split(" ")) chosen.delete(number);
    } else return;
    keep();
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) for (const box of boxes()) set(box, event.target.checked);
    else if (event.target.matches("[data-everything]")) all = event.target.checked ? narrowed() : "";
    else return;
    keep();
    show();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "batch") return;
    for (const field of event.target.querySelectorAll("[data-more]")) field.remove();
    const add = (name, value) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      field.dataset.more = "";
      event.target.append(field);
    };
    if (chosen.size > MOST_FIELDS) return add("chosen", packed(chosen));
    const shown = new Set(boxes().map((box) => box.value));
    for (const number of chosen) if (!shown.has(number)) add("order", number);
  });

  document.addEventListener("htmx:afterSwap", () => {
    delete document.getElementById("selection-note")?.dataset.asked; // the list is another one now
    show();
  });
  addEventListener("pageshow", () => {
    read();
    show();
  });
  read();
  show();
})();

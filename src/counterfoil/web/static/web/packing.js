// Pack and ship: a scanned label ships its row, and the next one is scanned at once; the answers come as they come.
// What was scanned is kept in the tab until the server has answered it: across a lost network, a reload, an ended login.
(() => {
  const { text, find, count, right, wrong } = globalThis.counterfoilScanning;
  const list = document.querySelector(".pack-rows");
  if (!list) return;
  const { user, action } = list.dataset;
  const KEYS = `counterfoil-pack ${location.pathname} `; // and who scanned: at a shared bench others log in meanwhile
  const KEY = KEYS + user;
  const AT_ONCE = 2; // requests that are under way together
  const TOO_LONG = 30_000; // milliseconds that an answer may take
  const AGAIN = 3_000; // milliseconds until a lost network is tried again
  const BOUNCE = 400; // milliseconds in which a second Enter is the first one's echo
  const BARE = 15_000; // milliseconds in which a second press ships a row without a number
  const MAY_COME_BACK = [429, 502, 503, 504];
  const part = (name) => document.querySelector(`[data-${name}]`);
  const [trouble, done, tally, nothing, aloud, others] = ["trouble", "done", "tally", "nothing", "aloud", "others"].map(part);

  // Each entry is what is sent of one row: `id`, `state` (typed, waiting, sending, refused), `fields` by name.
  const entries = new Map();
  let shipped = 0;
  let stopped = false; // the login has ended
  let logsIn = false; // and someone is on the way to it: the tab keeps what was scanned
  let timer = null;
  let chooses = false; // a person is to choose the row that the work goes on in
  let entered = -BOUNCE; // when Enter was pressed last
  let bare = null; // the row that is shipped without a number if Ship is pressed again: { row, at }
  const gone = new Map(); // what was shipped on this page: its order by each of its names

  const rows = () => Array.from(list.children);
  const field = (row, name) => row.querySelector(`[name='${name}']`);
  const number = (row) => field(row, "tracking_number");
  const idOf = (row) => row.id;
  const rowOf = (id) => document.getElementById(id);
  const stateOf = (row) => entries.get(idOf(row))?.state ?? "";
  const isBusy = (row) => ["waiting", "sending"].includes(stateOf(row));
  const isFree = (row) => !isBusy(row) && !number(row).disabled; // disabled where nothing is left to ship

  const keep = () => {
    const kept = Array.from(entries.values()).filter((each) => each.fields.tracking_number || each.fields.scans || each.state !== "typed");
    if (kept.length) sessionStorage.setItem(KEY, JSON.stringify(kept));
    else sessionStorage.removeItem(KEY);
  };

  const say = (row, words, isWrong = false) => {
    const said = row.querySelector("[data-said]");
    said.textContent = words;
    row.classList.toggle("is-wrong", isWrong);
    number(row).toggleAttribute("aria-invalid", isWrong);
  };
  const cry = (words) => {
    wrong();
    aloud.textContent = "";
    aloud.textContent = words;
  };

  const showTally = () => {
    const all = Array.from(entries.values());
    const refused = all.filter(({ state }) => state === "refused").length;
    const busy = all.filter(({ state }) => state === "waiting" || state === "sending").length;
    const left = rows().filter((row) => isFree(row) && stateOf(row) !== "refused").length;
    const parts = [shipped && `${shipped} shipped`, busy && `${busy} being saved`, refused && `${refused} refused`, `${left} to ship`];
    tally.textContent = parts.filter(Boolean).join(" · ");
    nothing.hidden = rows().length > 0 || busy > 0;
    const head = document.querySelector(".pack-head");
    if (head) head.hidden = rows().length === 0;
  };

  const fieldsOf = (row) => Object.fromEntries(new FormData(row.querySelector("form")));
  const note = (row, state, more = {}) => {
    const before = entries.get(idOf(row));
    entries.set(idOf(row), { id: idOf(row), name: row.querySelector("a").textContent, ...before, state, fields: { ...fieldsOf(row), ...more } });
    keep();
  };

  // A number that stands in the field is marked, so that the next scan takes its place.
  const focusNumber = (row) => {
    number(row).focus({ preventScroll: true });
    number(row).select();
    row.scrollIntoView({ block: "nearest" });
  };
  // Where the work goes on is not known: what is scanned now goes nowhere, rather than into the wrong row.
  const focusNothing = () => {
    document.activeElement?.blur();
    chooses = true;
  };

  // From a row to the next one that is not saved yet; after the last, to the first that is left.
  const goOn = (row) => {
    const all = rows();
    const at = all.indexOf(row);
    const free = [...all.slice(at + 1), ...all.slice(0, at)].filter(isFree);
    const to = free.find((each) => stateOf(each) !== "refused") ?? free[0];
    if (to) focusNumber(to);
    else number(row).blur();
  };

  // The first row that waits for its number: where the work goes on.
  const toNext = () => {
    const free = rows().filter(isFree);
    const to = free.find((row) => !number(row).value) ?? free[0];
    if (to) focusNumber(to);
  };

  const freeze = (row, isFrozen) => {
    row.classList.toggle("is-saving", isFrozen);
    for (const each of row.querySelectorAll("input:not([type='hidden'])")) each.readOnly = isFrozen;
    row.querySelector("button").disabled = isFrozen;
  };

  const save = (row, more = {}) => {
    note(row, "waiting", more);
    freeze(row, true);
    say(row, "Saving …");
    showTally();
    send();
  };

  // What is shipped is no longer chosen on the list.
  const unchoose = (order) => {
    const chosen = JSON.parse(sessionStorage.getItem("counterfoil-chosen") ?? "null");
    if (!chosen?.numbers?.includes(order) || rows().some((row) => field(row, "order").value === order)) return;
    chosen.numbers = chosen.numbers.filter((each) => each !== order);
    sessionStorage.setItem("counterfoil-chosen", JSON.stringify(chosen));
  };

  const finish = (entry, answer) => {
    entries.delete(entry.id);
    keep();
    shipped += 1;
    const row = rowOf(entry.id);
    const line = document.createElement("li");
    const link = line.appendChild(document.createElement("a"));
    link.textContent = entry.name;
    link.href = action.replace("pack/ship/", `${entry.fields.order}/`);
    const words = [answer.carrier, answer.service, answer.tracking_number].filter(Boolean).join(" ") || "Shipped without a tracking number";
    line.append(` ${[words, answer.next_step].filter(Boolean).join(". ")}`);
    done.querySelector("ol").prepend(line);
    done.hidden = false;
    if (row) {
      for (const name of namesOf(row)) gone.set(name, entry.name);
      const hadFocus = row.contains(document.activeElement);
      if (hadFocus) goOn(row);
      row.remove();
    }
    unchoose(entry.fields.order);
    if (answer.carrier) passOn(answer);
  };

  // The last carrier used stands in the rows for which nothing else is known.
  const passOn = ({ carrier, service }) => {
    for (const row of rows()) {
      if (isBusy(row) || field(row, "carrier").value || field(row, "proposed_carrier").value) continue;
      field(row, "carrier").value = field(row, "proposed_carrier").value = carrier;
      if (!field(row, "service").value) field(row, "service").value = field(row, "proposed_service").value = service;
      field(row, "proposed_by").value = "your last parcel";
    }
  };

  // Nothing of it is left to ship: the row stays to be read, and is not worked on any more.
  const leave = (row, entry, words) => {
    const hadFocus = row.contains(document.activeElement);
    entries.delete(entry.id);
    keep();
    for (const each of row.querySelectorAll("input, button")) each.disabled = true;
    say(row, words, true);
    if (hadFocus) goOn(row);
  };

  const refuse = (entry, answer) => {
    const row = rowOf(entry.id);
    const words = `${answer.sentence} ${answer.next_step}`.trim();
    cry(`${entry.name}: ${words}`);
    if (!row) { // its order has left the page: nothing is to be mended here
      entries.delete(entry.id);
      keep();
      const line = document.createElement("li");
      line.className = "bad";
      line.textContent = `${entry.name}: ${words}`;
      done.querySelector("ol").prepend(line);
      done.hidden = false;
      return;
    }
    freeze(row, false);
    if (answer.is_gone) {
      leave(row, entry, words);
      return;
    }
    if (answer.seen) field(row, "seen").value = answer.seen;
    if (answer.contents) {
      row.querySelector("[data-contents]").textContent = answer.contents;
      row.querySelector("[data-weight]").textContent = answer.weight;
      Object.assign(row.dataset, { codes: answer.codes, needed: answer.needed });
      keepFittingScans(row);
    }
    if (answer.ship_to) {
      row.querySelector("[data-name]").textContent = answer.ship_to.name;
      row.querySelector("[data-town]").textContent = answer.ship_to.town;
      row.querySelector(".pack-changed")?.remove();
    }
    if (answer.carrier) field(row, "carrier").value = answer.carrier;
    note(row, "refused");
    entries.get(idOf(row)).refusal = words;
    keep();
    say(row, words, true);
    if (!chooses && document.activeElement === document.body) focusNumber(row); // nothing else is left to be scanned
    row.querySelector("[data-anyway]")?.remove();
    if (answer.asks) {
      const button = row.querySelector("[data-said]").appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", className: "btn btn-sm", textContent: "Use it anyway" });
      button.dataset.anyway = "";
    }
  };

  const stop = (words, { login = false } = {}) => {
    trouble.querySelector("p").textContent = words;
    trouble.hidden = false;
    trouble.querySelector("[data-again]").hidden = login;
    const link = trouble.querySelector("[data-login]");
    link.hidden = !login;
    link.href = location.href;
  };

  // Back into the queue, under the same key: if it was shipped and only the answer was lost, it is not shipped again.
  const lost = (entry) => {
    entry.state = "waiting";
    entries.delete(entry.id);
    entries.set(entry.id, entry); // behind the others, which may go through
    keep();
    if (stopped) return;
    stop("Can’t reach Counterfoil. Your scans are kept here and sent as soon as it’s back. Keep scanning.");
    clearTimeout(timer);
    timer = setTimeout(send, AGAIN);
  };

  // The same key goes along again: if it was shipped all the same, it is not shipped twice.
  const NOT_SAVED = {
    outcome: "refused",
    sentence: "Something went wrong in Counterfoil, and this row may not have been shipped.",
    next_step: "Press Enter in it to try again. If that doesn’t help, tell whoever runs Counterfoil.",
  };

  const ask = async (entry) => {
    entry.state = "sending";
    let answer;
    try {
      const response = await fetch(action, { method: "POST", body: new URLSearchParams(entry.fields), headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(TOO_LONG) });
      if (response.type === "opaqueredirect" || response.status === 403) {
        entry.state = "waiting";
        stopped = true;
        keep();
        stop("Your session has ended, or the page is too old. Nothing is lost: log in, and your scans are sent.", { login: true });
        return;
      }
      if (MAY_COME_BACK.includes(response.status)) throw new Error(response.status);
      answer = response.ok ? await response.json() : NOT_SAVED;
    } catch {
      lost(entry);
      return;
    }
    if (!stopped) trouble.hidden = true;
    if (answer.outcome === "shipped") finish(entry, answer);
    else refuse(entry, answer);
    showTally();
    send();
  };

  const send = () => {
    if (stopped) return;
    const all = Array.from(entries.values());
    const free = AT_ONCE - all.filter(({ state }) => state === "sending").length;
    for (const entry of all.filter(({ state }) => state === "waiting").slice(0, Math.max(0, free))) ask(entry);
    showTally();
  };

  // Items that are scanned into a row: { have, want, complete }.
  const itemsOf = (row) => {
    const book = JSON.parse(row.dataset.codes);
    const all = JSON.parse(row.dataset.needed);
    const want = Object.fromEntries(Object.entries(all).filter(([line]) => line in book.names));
    let have = {};
    for (const scanned of field(row, "scans").value.split("\n").filter(Boolean)) have = count(book, scanned, want, have).counted ?? have;
    return { book, want, have, complete: Object.keys(want).every((line) => (have[line] ?? 0) === want[line]) };
  };
  // What was scanned and is still open, where the order was changed meanwhile.
  const keepFittingScans = (row) => {
    const { book, want } = itemsOf(row);
    let have = {};
    const fit = field(row, "scans").value.split("\n").filter((scanned) => {
      const { counted } = scanned ? count(book, scanned, want, have) : {};
      have = counted ?? have;
      return Boolean(counted);
    });
    field(row, "scans").value = fit.join("\n");
    showItems(row);
  };
  const showItems = (row) => {
    const { want, have, complete } = itemsOf(row);
    const sum = (counts) => Object.values(counts).reduce((total, each) => total + each, 0);
    const mark = row.querySelector("[data-count]");
    if (field(row, "scans").value) mark.textContent = `${sum(have)} of ${sum(want)} scanned`;
    mark.classList.toggle("is-complete", complete);
    return complete;
  };
  const scanItem = (row, scanned) => {
    const { book, want, have } = itemsOf(row);
    const result = count(book, scanned, want, have);
    number(row).value = "";
    if (result.wrong) {
      say(row, result.wrong, true);
      cry(result.wrong);
      return;
    }
    const scans = field(row, "scans");
    scans.value = scans.value ? `${scans.value}\n${scanned.trim()}` : scanned.trim();
    note(row, "typed");
    right();
    say(row, showItems(row) ? "All items scanned. Now scan the label." : result.lines.map((line) => book.names[line]).join(", "));
  };

  const namesOf = (row) => row.dataset.names.toLowerCase().split(" ");
  const named = (scanned) => text(scanned).replace(/^#/, "").toLowerCase();
  const rowCalled = (scanned) => {
    const name = named(scanned);
    const plain = name.replace(/^0+/, "");
    const found = rows().filter((row) => namesOf(row).includes(name) || (plain && namesOf(row).includes(plain)));
    const isOneOrder = new Set(found.map((row) => field(row, "order").value)).size === 1; // with a row for each address
    return isOneOrder ? found.find(isFree) ?? found[0] : null;
  };
  // A slip of an order that has no row here, told by the letters before its number: "WEB-" of WEB-6.
  const isOtherSlip = (scanned) => {
    const letters = (name) => /^(.*[^0-9])[0-9]{1,9}$/.exec(name)?.[1];
    const before = letters(named(scanned));
    return Boolean(before) && rows().some((row) => namesOf(row).some((name) => letters(name) === before));
  };
  const stopAt = (row, words) => {
    number(row).value = "";
    note(row, "typed");
    cry(words);
    say(row, `${words} Choose a row to continue.`, true);
    focusNothing();
  };
  const goTo = (row, called) => {
    const name = called.querySelector("a").textContent;
    if (isBusy(called)) stopAt(row, `${name} is being saved.`);
    else if (!isFree(called)) stopAt(row, `${name}: nothing is left to ship here.`);
    else {
      number(row).value = "";
      note(row, "typed");
      focusNumber(called);
    }
  };

  // What Enter does in a row: an item is counted, a slip's number goes to its row, anything else is the label.
  const enter = (row) => {
    const typed = number(row).value;
    if (isBusy(row)) return;
    if (!typed.trim()) {
      goOn(row);
      return;
    }
    const { book, complete } = itemsOf(row);
    if (find(book, typed).length > 0) {
      scanItem(row, typed);
      return;
    }
    const called = rowCalled(typed);
    const shippedHere = gone.get(named(typed));
    if (called) goTo(row, called);
    else if (shippedHere) stopAt(row, `${shippedHere} was already shipped on this page.`);
    else if (isOtherSlip(typed)) stopAt(row, `${text(typed)} isn’t on this page.`);
    else if ("mustScan" in row.dataset && !complete) scanItem(row, typed);
    else {
      save(row);
      goOn(row);
    }
  };

  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    const isEcho = event.repeat || event.timeStamp - entered < BOUNCE;
    entered = event.timeStamp;
    const row = event.target.closest("li");
    // Some scanners end with two Enters: the second would skip the row that the first has led to.
    if (isEcho && !number(row).value.trim()) return;
    enter(row);
  });
  // The button also ships a row without a tracking number, when it is pressed again.
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const row = event.target.closest("li");
    const waited = bare?.row === row ? event.timeStamp - bare.at : Infinity;
    if (number(row).value.trim()) enter(row);
    else if (waited < BARE) {
      save(row);
      goOn(row);
    } else {
      say(row, "No tracking number yet. Press Ship again to ship it without one.");
      focusNumber(row);
      bare = { row, at: event.timeStamp };
    }
  });
  list.addEventListener("focusin", ({ target }) => {
    chooses = false;
    if (bare && !bare.row.contains(target)) bare = null;
  });
  list.addEventListener("input", ({ target }) => {
    const row = target.closest("li");
    bare = null;
    note(row, "typed");
    if (row.classList.contains("is-wrong")) say(row, "");
    showTally();
  });
  list.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.matches("[type='submit']")) event.preventDefault(); // a double-click is one press
  });
  list.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-anyway]")) return;
    const row = target.closest("li");
    save(row, { allow_used: "1" });
    goOn(row);
  });
  trouble.querySelector("[data-again]").addEventListener("click", () => {
    send();
    toNext();
  });
  trouble.querySelector("[data-login]").addEventListener("click", () => { logsIn = true; });
  addEventListener("online", send);
  addEventListener("beforeunload", (event) => {
    if (logsIn) return;
    const unsaved = Array.from(entries.values()).some(({ state, fields }) => state !== "typed" || fields.tracking_number);
    if (unsaved) event.preventDefault();
  });

  // Whoever scanned before and was logged out has to send it: a shipment is noted under the name of who packed it.
  const showOthers = () => {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(KEYS) && key !== KEY);
    const left = keys.flatMap((key) => JSON.parse(sessionStorage.getItem(key))).filter(({ fields }) => fields.tracking_number);
    const names = left.map(({ name }) => name).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    others.hidden = left.length === 0;
    others.textContent = `Not sent yet, scanned by someone else on this computer: ${names.join(", ")}. They’re sent when that person logs in here.`;
  };

  // What the tab kept, of a page that was left: rows are as they were, and what was on its way is sent.
  const restore = () => {
    showOthers();
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (!kept) return;
    const token = document.querySelector("[name='csrfmiddlewaretoken']").value;
    for (const entry of kept) {
      const row = rowOf(entry.id);
      entry.fields.csrfmiddlewaretoken = token;
      if (entry.state === "sending") entry.state = "waiting";
      if (!row && entry.state !== "waiting") continue;
      entries.set(entry.id, entry);
      if (!row) continue;
      for (const name of ["carrier", "service", "tracking_number", "key", "scans", "proposed_carrier", "proposed_service", "proposed_by"]) field(row, name).value = entry.fields[name] ?? "";
      showItems(row);
      if (entry.state === "waiting") {
        freeze(row, true);
        say(row, "Saving …");
      } else if (entry.state === "refused") {
        entry.state = "typed";
        say(row, entry.refusal ?? "This was not shipped. Press Enter to try again.", true);
      }
    }
    keep();
    toNext();
  };
  restore();
  send();
  showTally();
})();

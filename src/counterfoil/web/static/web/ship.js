// Process shipment: scanned items are counted into their parcel; a wrong or surplus one is refused, aloud.
(() => {
  const { find, count, right, wrong } = globalThis.counterfoilScanning;
  const form = document.getElementById("ship");
  if (!form) return;

  const parcelOf = (element) => element.closest(".parcel-form");
  const bookOf = (parcel) => JSON.parse(parcel.closest("[data-codes]").dataset.codes);
  const scansOf = (parcel) => parcel.querySelector("[data-scans]");
  const numberOf = (parcel) => parcel.querySelector("input[name$='-tracking_number']");

  const needed = (parcel, book) => {
    const found = {};
    for (const mark of parcel.querySelectorAll("[data-scanned]")) {
      const line = mark.dataset.scanned;
      if (line in book.names) found[line] = Number(mark.closest("td").querySelector(".quantity").value) || 0;
    }
    return found;
  };

  // The scans that were counted; those that fit no more, since a quantity was lowered, are left out.
  const counted = (parcel, book) => {
    let soFar = {};
    const kept = [];
    for (const scanned of scansOf(parcel).value.split("\n").filter(Boolean)) {
      const { counted: after } = count(book, scanned, needed(parcel, book), soFar);
      if (!after) continue;
      soFar = after;
      kept.push(scanned);
    }
    scansOf(parcel).value = kept.join("\n");
    return soFar;
  };

  const show = (parcel) => {
    const book = bookOf(parcel);
    const have = counted(parcel, book);
    const want = needed(parcel, book);
    const began = scansOf(parcel).value !== "";
    for (const mark of parcel.querySelectorAll("[data-scanned]")) {
      const line = mark.dataset.scanned;
      mark.hidden = !began || !(line in want);
      mark.textContent = `${have[line] ?? 0} of ${want[line]} scanned`;
      mark.closest("tr").classList.toggle("is-scanned", began && want[line] > 0 && have[line] === want[line]);
    }
    parcel.querySelector("[data-scan-again]").hidden = !began;
    return Object.keys(want).every((line) => (have[line] ?? 0) === want[line]);
  };

  const say = (parcel, words, isWrong) => {
    const said = parcel.querySelector(".scan-said");
    said.textContent = words;
    said.classList.toggle("is-wrong", isWrong);
    parcel.querySelector("[data-scanner]").classList.toggle("is-wrong", isWrong);
  };

  const scan = (parcel, scanned) => {
    const book = bookOf(parcel);
    const done = count(book, scanned, needed(parcel, book), counted(parcel, book));
    if (done.wrong) {
      say(parcel, done.wrong, true);
      wrong();
      return;
    }
    const scans = scansOf(parcel);
    scans.value = scans.value ? `${scans.value}\n${scanned.trim()}` : scanned.trim();
    right();
    const complete = show(parcel);
    const names = done.lines.map((line) => book.names[line]).join(", ");
    say(parcel, complete ? `${names}. All items scanned. Now scan the tracking number.` : names, false);
    if (complete) numberOf(parcel).focus();
  };

  form.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || event.isComposing || !target.matches?.("input")) return;
    const parcel = parcelOf(target);
    if (!parcel?.querySelector("[data-scanner]")) return;
    const isScan = target.matches("[data-scanner] input");
    const isItem = target === numberOf(parcel) && target.value.trim() && find(bookOf(parcel), target.value).length > 0;
    if (!isScan && !isItem) return;
    event.preventDefault();
    const scanned = target.value;
    target.value = "";
    if (scanned.trim()) scan(parcel, scanned);
    else if (isScan) numberOf(parcel).focus();
  });
  form.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-scan-again]")) return;
    const parcel = parcelOf(target);
    scansOf(parcel).value = "";
    say(parcel, "", false);
    show(parcel);
    parcel.querySelector("[data-scanner] input").focus();
  });
  form.addEventListener("input", ({ target }) => {
    if (target.matches(".quantity") && parcelOf(target)?.querySelector("[data-scanner]")) show(parcelOf(target));
  });

  const begin = () => {
    for (const scanner of form.querySelectorAll("[data-scanner]")) {
      if (scanner.hidden) {
        scanner.hidden = false;
        if (scanner.querySelector("[autofocus]") && !document.querySelector("main .alert-danger")) scanner.querySelector("input").focus();
        show(parcelOf(scanner));
      }
    }
  };
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();

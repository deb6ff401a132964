// What a scanner types: how a code is read, what it counts in an order, and a sound for right and wrong.
globalThis.counterfoilScanning = (() => {
  const GTIN_DIGITS = 14;
  const SAYS_GS1 = /^(\]C1|\]d2|\]Q3|\]e0|\(01\))/;

  // The same as `scanned_text` and `item_code` of sales/shipping/scanning.py.
  const text = (scanned) => {
    const bare = scanned.trim().replace(/^\][A-Za-z][0-9A-Za-z]/, "").trim();
    return (bare.length > 2 && bare.startsWith("*") && bare.endsWith("*") ? bare.slice(1, -1) : bare).trim();
  };
  const code = (scanned) => {
    let bare = text(scanned);
    const found = /^(?:\(01\)|01)(\d{14})([^]*)$/.exec(bare);
    if (found && (!found[2] || SAYS_GS1.test(scanned.trim()))) bare = found[1];
    return /^\d{8,14}$/.test(bare) ? bare.padStart(GTIN_DIGITS, "0") : bare.toLowerCase();
  };

  // `book`: the codes and the names of an order's lines, as the server wrote them.
  const find = (book, scanned) => {
    const key = code(scanned);
    return book.codes[key] ?? book.codes[key.replace(/^0+/, "")] ?? [];
  };

  // What a scan does to a count: { counted } or { wrong: sentence }. `needed` and `counted` are by line.
  const count = (book, scanned, needed, counted) => {
    const fitting = find(book, scanned);
    if (!fitting.length) return { wrong: `“${text(scanned).slice(0, 60)}” is not on this order. Take it out of the parcel.` };
    const fits = (one) => Object.entries(one).every(([line, each]) => (counted[line] ?? 0) + each <= (needed[line] ?? 0));
    const one = fitting.find(fits);
    if (!one) {
      const names = Object.keys(fitting[0]).map((line) => book.names[line]).join(", ");
      return { wrong: `All of ${names} is already in the parcel. Take the extra one out.` };
    }
    const after = { ...counted };
    for (const [line, each] of Object.entries(one)) after[line] = (after[line] ?? 0) + each;
    return { counted: after, lines: Object.keys(one) };
  };

  // A browser makes a sound once someone has pressed a key on the page, which a scanner does.
  let audio = null;
  const tone = (frequency, from, length) => {
    const sound = audio.createOscillator();
    const volume = audio.createGain();
    sound.type = "square";
    sound.frequency.value = frequency;
    volume.gain.value = 0.08;
    sound.connect(volume).connect(audio.destination);
    sound.start(audio.currentTime + from);
    sound.stop(audio.currentTime + from + length);
  };
  const play = (tones) => {
    if (!globalThis.AudioContext) return;
    audio ??= new AudioContext();
    for (const [frequency, from, length] of tones) tone(frequency, from, length);
  };
  const right = () => play([[1320, 0, 0.06]]);
  const wrong = () => play([[220, 0, 0.18], [165, 0.22, 0.3]]);

  return { text, code, find, count, right, wrong };
})();

// Shows each moment in the reader's own zone and each amount in the reader's own form. The server writes UTC and 1,234.50.
(() => {
  const day = { day: "numeric", month: "short" };
  const clock = { hour: "numeric", minute: "2-digit" };
  const ofThisYear = new Intl.DateTimeFormat(navigator.languages, { ...day, ...clock });
  const short = new Intl.DateTimeFormat(navigator.languages, { ...day, year: "numeric", ...clock });
  const long = new Intl.DateTimeFormat(navigator.languages, { ...day, year: "numeric", ...clock, second: "2-digit" });
  const whole = new Intl.DateTimeFormat(navigator.languages, { dateStyle: "full", timeStyle: "long" });
  const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];

  // As the server says it: "3 days", in one unit, rounded down.
  const age = (seconds) => {
    const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? [];
    if (!unit) return "less than a minute";
    const number = Math.floor(seconds / length);
    return `${number}\u00a0${unit}${number === 1 ? "" : "s"}`;
  };

  // Lists have no room to say this year fifty times.
  const isShort = (time, at) => time.closest("td") && at.getFullYear() === new Date().getFullYear();

  const showTime = (time) => {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) return;
    if ("age" in time.dataset) time.textContent = age((Date.now() - at) / 1000);
    else if ("seconds" in time.dataset) time.textContent = long.format(at);
    else time.textContent = (isShort(time, at) ? ofThisYear : short).format(at);
    time.title = whole.format(at);
  };

  const forms = new Map();
  const form = (places) => {
    if (!forms.has(places)) forms.set(places, new Intl.NumberFormat(navigator.languages, { minimumFractionDigits: places, maximumFractionDigits: places }));
    return forms.get(places);
  };
  const showAmount = (amount) => {
    const places = amount.value.split(".")[1]?.length ?? 0;
    amount.textContent = form(places).format(amount.value).replace("-", "−");
  };

  const show = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) showTime(time);
    for (const amount of root.querySelectorAll("data.amount")) showAmount(amount);
  };
  // So that the server knows what "today" is to the reader.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  show(document);
  document.addEventListener("htmx:load", ({ detail }) => show(detail.elt.parentElement ?? detail.elt));
  document.addEventListener("counterfoil:loaded", () => show(document)); // sheets that came part by part
  setInterval(() => { for (const time of document.querySelectorAll("time[data-age]")) showTime(time); }, 30_000);
})();

// Shows each <time> in the reader's own zone, in the form in which the server wrote it in UTC.
(() => {
  const day = { day: "numeric", month: "short", year: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const short = new Intl.DateTimeFormat("en-GB", { ...day, ...clock });
  const long = new Intl.DateTimeFormat("en-GB", { ...day, ...clock, second: "2-digit" });
  const show = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(at.getTime())) time.textContent = ("seconds" in time.dataset ? long : short).format(at).replace("Sept", "Sep");
    }
  };
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.detail.elt));
})();

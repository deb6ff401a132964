// When the network or the server does not answer: says so calmly, tries again, and keeps what was typed.
(() => {
  const banner = document.getElementById("trouble");
  if (!banner) return;
  const words = banner.querySelector("p");
  const again = banner.querySelector("button");
  const SILENT = "Counterfoil does not answer just now. This page shows what was known last and goes on by itself.";
  const FAILED_POLLS = 2; // one may be a restart
  const SAID = {
    0: "Counterfoil cannot be reached. Nothing was changed, and what you typed is still here.",
    403: "This was refused: the page was open for a long time, or your role does not include it. What you typed is still here. Reload the page when you have copied it.",
    404: "What this button is about is gone. Reload the page to see what is there now.",
    503: "The database does not answer just now. Nothing was changed, and what you typed is still here.",
  };
  const OTHER = "Counterfoil made a mistake. It is in the log of the server. What you typed is still here.";
  let failed = 0;
  let last = null;

  const isPoll = (config) => config?.triggeringEvent?.type === "poll";
  const say = (text, request) => {
    last = request;
    again.hidden = !request;
    if (words.textContent !== text || banner.hidden) words.textContent = text;
    banner.hidden = false;
  };
  const hush = () => {
    failed = 0;
    last = null;
    banner.hidden = true;
  };

  const wrong = ({ detail }) => {
    const config = detail.requestConfig;
    const status = detail.xhr?.status ?? 0;
    if (!isPoll(config)) say(SAID[status] ?? OTHER, status && status < 500 ? null : config);
    else if (++failed >= FAILED_POLLS && banner.hidden) say(SILENT, null);
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, wrong);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && (!last || !isPoll(detail.requestConfig))) hush();
  });

  const retry = () => {
    if (!last) return;
    const { verb, path, elt, target, parameters } = last;
    if (elt.isConnected) htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values: parameters });
    else location.reload();
  };
  again.addEventListener("click", retry);
  banner.querySelector("[data-hush]").addEventListener("click", hush);

  // A form that is sent while there is no network would be lost with its page.
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    say("There is no network. Nothing was sent, and what you typed is still here: press the button again when the network is back.", null);
  });
  addEventListener("online", () => {
    if (last?.verb === "get") retry();
    else if (!last) hush();
  });
})();

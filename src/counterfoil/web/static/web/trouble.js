// When the network or the server does not answer: says so calmly, tries again, and keeps what was typed.
(() => {
  const banner = document.getElementById("trouble");
  if (!banner) return;
  const words = banner.querySelector("p");
  const again = banner.querySelector("button");
  const SILENT = "Counterfoil isn’t responding. This page shows the latest known data and will reconnect.";
  const FAILED_POLLS = 2; // one may be a restart
  const SAID = {
    0: "Can’t reach Counterfoil. Nothing was changed, and what you typed is still here.",
    403: "This was refused: the page was open for a long time, or your role doesn’t include it. What you typed is still here. Copy it, then reload the page.",
    404: "This no longer exists. Reload the page to see what does.",
    503: "The database isn’t responding. Nothing was changed, and what you typed is still here.",
  };
  const OTHER = "Counterfoil hit an error. Details are in the server log. What you typed is still here.";
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
    say("You’re offline. Nothing was sent, and what you typed is still here. Try again when you’re back online.", null);
  });
  addEventListener("online", () => {
    if (last?.verb === "get") retry();
    else if (!last) hush();
  });
})();

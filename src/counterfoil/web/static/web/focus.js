// The focus stays with who reads: it goes to a form's first error, and is not lost when a part of the page comes anew.
(() => {
  const faulty = () => document.querySelector("main :is(.is-invalid, [aria-invalid='true']):not([type='hidden'])");
  const refusal = () => document.querySelector("main .alert-danger[role='alert']");

  const toError = () => {
    const to = faulty() ?? refusal();
    if (!to) return;
    if (to === refusal()) to.tabIndex = -1;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "center" });
  };
  if (!location.hash) toError();

  // What stands for the focused element in the part that comes anew: the same address, or the same button.
  const sign = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    for (const name of ["href", "formaction", "name"]) {
      const value = element.getAttribute(name);
      if (!value) continue;
      const worth = name === "name" && element.matches("button, input[type='checkbox'], input[type='radio']") ? `[value="${CSS.escape(element.value)}"]` : "";
      return `${element.localName}[${name}="${CSS.escape(value)}"]${worth}`;
    }
    return element.localName === "summary" && element.parentElement.id ? `#${CSS.escape(element.parentElement.id)} > summary` : "";
  };

  let lost = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const active = document.activeElement;
    lost = detail.shouldSwap && detail.target.contains(active) && active !== document.body ? { sign: sign(active), target: detail.target.id } : null;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.requestConfig?.triggeringEvent?.type !== "poll" && faulty() && document.activeElement === document.body) toError();
    if (!lost || document.activeElement !== document.body) return;
    const part = document.getElementById(lost.target);
    const again = lost.sign && (part ?? document).querySelector(lost.sign);
    const to = again || part;
    lost = null;
    if (!to) return;
    if (to === part) part.tabIndex = -1;
    to.focus({ preventScroll: true });
  });
})();

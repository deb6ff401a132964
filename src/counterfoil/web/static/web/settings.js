// Warns before what was entered in a form is left behind.
(() => {
  for (const form of document.querySelectorAll("form[data-unsaved]")) {
    const words = form.querySelector("[data-unsaved-words]");
    const entered = () => JSON.stringify(Array.from(new FormData(form)).filter(([name]) => name !== "csrfmiddlewaretoken"));
    // A form that came back with its errors, or was filled in again after a login, was never saved.
    const cameBack = form.querySelector(".is-invalid, [name='confirmed']") || document.querySelector("#restored:not([hidden])");
    const before = cameBack ? "" : entered();
    let leaving = false;
    const differs = () => entered() !== before;
    const tell = () => { if (words) words.hidden = !differs(); };
    form.addEventListener("input", tell);
    form.addEventListener("change", tell);
    form.addEventListener("submit", () => { leaving = true; });
    document.addEventListener("counterfoil:leaving", () => { leaving = true; });
    // A submit that stays on the page, as the test of the connection does, leaves nothing behind.
    form.addEventListener("htmx:beforeRequest", () => { leaving = false; });
    addEventListener("beforeunload", (event) => { if (!leaving && differs()) event.preventDefault(); });
    addEventListener("pageshow", () => { leaving = false; tell(); });
  }
})();

// What was typed is not lost when a login ended or a page failed on the way: the form has it again afterwards.
(() => {
  const KEY = "counterfoil-draft";
  const who = document.body.dataset.user ?? "";
  const interrupts = document.body.matches(".standalone"); // the login, or a page that says what went wrong
  const cameBack = /reload|back_forward/.test(performance.getEntriesByType("navigation")[0]?.type);
  let loggedOut = false;
  const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const forget = () => sessionStorage.removeItem(KEY);
  const NEVER = "[type='password'], [type='file'], [type='submit'], [name='csrfmiddlewaretoken'], button, fieldset";
  // A form whose inputs depend on what was entered is drawn by the server once more, from all that was sent.
  const isRedrawn = (form) => "redraw" in form.dataset;
  const fields = (form) => Array.from(form.elements).filter((each) => each.name && !each.matches(NEVER) && (isRedrawn(form) || !each.matches("[type='hidden']:not([name^='shown-'], [name='key'])")));

  const isTyped = (field) => "defaultValue" in field && field.value !== field.defaultValue;
  // `interrupted`: this page is shown again before the form is sent, and has it then.
  const keep = (form, interrupted = false) => {
    if (form.method !== "post" || !who || interrupts || loggedOut) return;
    const values = fields(form).map(({ name, type, value, checked }) => [name, /checkbox|radio/.test(type) ? { value, checked } : value]);
    if (values.length) sessionStorage.setItem(KEY, JSON.stringify({ who, page: location.pathname, action: new URL(form.action).pathname, values, interrupted }));
  };
  // Whoever logs out leaves nothing behind, in the other tabs neither: who comes next sits at the same machine.
  const forgetAll = () => { loggedOut = true; sessionStorage.clear(); };
  const tabs = new BroadcastChannel("counterfoil-logout");
  tabs.addEventListener("message", forgetAll);
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action).pathname === "/logout/") {
      forgetAll();
      tabs.postMessage("");
    } else if (event.target.closest("main")) {
      const beside = document.getElementById(event.target.dataset.keeps);
      if (beside && fields(beside).some(isTyped)) keep(beside, true);
      else keep(event.target);
    }
  });
  // A part of the page that was answered with the login takes its form along.
  document.addEventListener("counterfoil:leaving", () => {
    for (const form of document.querySelectorAll("main form")) if (fields(form).some(isTyped)) keep(form);
  });

  const put = (form, values) => {
    for (const [name, was] of values) {
      for (const field of fields(form).filter((each) => each.name === name)) {
        if (typeof was === "string") field.value = was;
        else if (field.value === was.value) field.checked = was.checked;
      }
    }
  };

  const redraw = (form, values) => {
    const again = document.createElement("form");
    Object.assign(again, { method: "post", action: form.action, hidden: true });
    for (const [name, was] of [...values, ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value], ["redraw", "1"]]) {
      if (was.checked === false) continue;
      Object.assign(again.appendChild(document.createElement("input")), { type: "hidden", name, value: was.value ?? was });
    }
    document.body.append(again);
    again.submit();
  };

  const draft = read();
  if (!draft) return;
  if (interrupts) {
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, interrupted: true }));
    const back = document.querySelector("[data-back-to-form]");
    if (back) Object.assign(back, { href: draft.page, hidden: false });
    return;
  }
  if (!(draft.interrupted || cameBack) || draft.page !== location.pathname || draft.who !== who) {
    if (who) forget();
    return;
  }
  forget();
  const form = Array.from(document.querySelectorAll("main form")).find((each) => new URL(each.action).pathname === draft.action);
  if (!form) return;
  if (isRedrawn(form)) {
    redraw(form, draft.values);
    return;
  }
  put(form, draft.values);
  form.closest("details")?.setAttribute("open", "");
  const note = document.getElementById("restored");
  note.hidden = false;
  form.before(note);
})();

// Keeps every answer as it is given: sends it, tries again without a network, and remembers on this device what was not
// sent yet. The page works without it: Save keeps all its answers.
"use strict";

(function () {
  const form = document.querySelector("[data-answering]");
  if (!form) return;
  const sign = document.querySelector("[data-save-sign]");
  const place = (key) => `assay-answer:${form.dataset.answering}:${key}`;
  const sections = [...form.querySelectorAll("[data-question]")];
  const states = new Map(sections.map((one) => [one, { dirty: false, sent: "", timer: 0, tries: 0, trouble: "" }]));

  const fields = (section) => [...section.querySelectorAll("input, select, textarea")].filter((one) => !/-(version|confirm)$/.test(one.name));
  const holds = (one) => (["checkbox", "radio"].includes(one.type) ? one.checked : one.value !== "");
  const said = (section) => JSON.stringify(fields(section).filter(holds).map((one) => [one.name, one.value]));
  const version = (section) => section.querySelector("[name$='-version']");

  // What was not sent yet, on this device only.
  function remember(section) {
    try {
      localStorage.setItem(place(section.dataset.question), JSON.stringify({ version: version(section).value, said: said(section) }));
    } catch { /* private windows keep nothing; the answer is sent all the same */ }
  }
  function remembered(section) {
    try {
      return JSON.parse(localStorage.getItem(place(section.dataset.question)));
    } catch { return null; }
  }
  function forget(section) {
    try { localStorage.removeItem(place(section.dataset.question)); } catch { /* nothing was kept */ }
  }

  function show() {
    const all = [...states.values()];
    const open = all.filter((one) => one.dirty).length;
    const trouble = all.find((one) => one.trouble)?.trouble;
    const many = `${open} answer${open === 1 ? "" : "s"}`;
    sign.dataset.state = trouble ? "trouble" : open ? "open" : "kept";
    sign.textContent = trouble ? `Not saved yet: ${many}. ${trouble}` : open ? `Saving ${many} …` : "All answers are saved";
    for (const [section, state] of states) {
      const here = section.querySelector("[data-question-sign]");
      const text = state.trouble ? "Not saved yet" : state.dirty ? "Saving …" : state.kept ? "Saved" : "";
      if (here.textContent !== text) here.textContent = text;
    }
  }

  function changed(section, wait) {
    const state = states.get(section);
    state.dirty = true;
    state.kept = false;
    remember(section);
    later(section, wait);
    show();
  }
  function later(section, wait) {
    const state = states.get(section);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => send(section), wait);
  }
  function send(section) {
    const state = states.get(section);
    if (state.sending) return later(section, 300);
    state.sending = true;
    state.answered = false;
    state.sent = said(section);
    window.htmx.trigger(section, "keep");
  }
  function failed(section, status, text) {
    const state = states.get(section);
    state.tries += 1;
    const again = status === 0 || status >= 500 || status === 429;
    state.trouble = again ? "There is no connection; it is tried again by itself, and kept on this device." : text;
    if (again) later(section, Math.min(60000, 2000 * 2 ** Math.min(state.tries, 5)));
    show();
  }

  form.addEventListener("input", (event) => {
    const section = event.target.closest("[data-question]");
    if (section) changed(section, 1500);
  });
  form.addEventListener("change", (event) => {
    const section = event.target.closest("[data-question]");
    if (section) changed(section, 150);
  });

  // Only the question's own fields travel with it.
  form.addEventListener("htmx:configRequest", (event) => {
    const key = event.target.dataset.question;
    if (!key) return;
    for (const name of [...new Set(event.detail.formData.keys())]) if (!name.startsWith(`${key}-`)) event.detail.formData.delete(name);
  });
  document.body.addEventListener("answer-kept", (event) => {
    const { question, version: number, shown } = event.detail;
    const section = document.getElementById(question);
    states.get(section).answered = true;
    version(section).value = number;
    for (const one of sections) if (sections.length > 1) one.hidden = !shown.includes(one.dataset.question);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const section = event.detail.elt;
    const state = states.get(section);
    if (!state) return;
    state.sending = false;
    const { status, responseText } = event.detail.xhr;
    if (!event.detail.successful) return failed(section, status, responseText.length < 300 ? responseText : "It could not be saved.");
    if (!state.answered) return failed(section, 401, "You are signed out: sign in again in another tab, then change the answer once more.");
    state.tries = 0;
    state.trouble = "";
    if (said(section) !== state.sent) return later(section, 100);
    state.dirty = false;
    state.kept = true;
    forget(section);
    show();
  });
  window.addEventListener("online", () => { for (const [section, state] of states) if (state.dirty) later(section, 100); });
  form.addEventListener("submit", () => { for (const one of states.values()) { clearTimeout(one.timer); one.dirty = false; } });

  // A tab that closes sends what is left; what does not arrive is brought back on the next visit.
  window.addEventListener("pagehide", () => {
    for (const [section, state] of states) {
      if (!state.dirty) continue;
      const body = new URLSearchParams(JSON.parse(said(section)));
      body.set(version(section).name, version(section).value);
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      fetch(section.getAttribute("hx-post"), { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => {});
    }
  });

  // Lines of a table.
  function addLine(table) {
    const lines = table.querySelectorAll("[data-line]");
    const line = lines[lines.length - 1].cloneNode(true);
    const number = lines.length;
    for (const one of line.querySelectorAll("[name]")) {
      one.name = one.name.replace(/-\d+-(\w+)$/, `-${number}-$1`);
      one.id = `id_${one.name}`;
      if (one.tagName === "SELECT") one.selectedIndex = 0;
      else one.value = "";
    }
    for (const one of line.querySelectorAll("label")) one.htmlFor = one.htmlFor.replace(/-\d+-(\w+)$/, `-${number}-$1`);
    line.setAttribute("aria-label", `Line ${number + 1}`);
    lines[lines.length - 1].after(line);
    return line;
  }
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-line]");
    if (button) addLine(button.closest("[data-table]")).querySelector("input, select").focus();
  });

  // What was not sent before: brought back, or, when somebody answered meanwhile, offered.
  function bringBack(section, draft) {
    const wanted = JSON.parse(draft);
    for (const [name] of wanted) {
      const table = section.querySelector("[data-table]");
      const number = Number(/-(\d+)-\w+$/.exec(name)?.[1]);
      while (table && number >= table.querySelectorAll("[data-line]").length && number < 60) addLine(table);
    }
    for (const one of fields(section)) {
      const mine = wanted.filter(([name]) => name === one.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(one.type)) one.checked = mine.includes(one.value);
      else one.value = mine[0] || "";
    }
    changed(section, 100);
  }
  function offer(section, draft) {
    const box = section.querySelector("[data-draft]");
    box.hidden = false;
    box.querySelector("[data-use]").addEventListener("click", () => { box.hidden = true; bringBack(section, draft); });
    box.querySelector("[data-drop]").addEventListener("click", () => { box.hidden = true; forget(section); });
  }
  let back = 0;
  for (const section of sections) {
    const draft = remembered(section);
    if (!draft) continue;
    if (draft.said === said(section)) forget(section);
    else if (draft.version === version(section).value) { bringBack(section, draft.said); back += 1; }
    else offer(section, draft.said);
  }
  show();
  if (back) sign.textContent = `${back} answer${back === 1 ? " was" : "s were"} not sent last time: brought back, and being saved.`;
})();

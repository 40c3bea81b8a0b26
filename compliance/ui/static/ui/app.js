// What the pages gain when scripts run: theme, keys, confirmation, filters that submit themselves. Every page works without it.
"use strict";

const root = document.documentElement;
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

// Theme: kept in a cookie so that the server writes the attribute and nothing flashes.
function setTheme(theme) {
  const age = theme ? 31536000 : 0;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  if (theme) root.dataset.bsTheme = theme;
  else delete root.dataset.bsTheme;
  showTheme();
}
function showTheme() {
  for (const button of document.querySelectorAll("[data-theme]"))
    button.setAttribute("aria-pressed", String((root.dataset.bsTheme || "") === button.dataset.theme));
}

// Registers: j/k move, Enter opens, e edits, x selects, a selects all, b changes what is selected, f filters.
const rows = () => [...document.querySelectorAll("#rows tbody tr:not(:has(th[scope=rowgroup]))")];
function moveTo(step) {
  const all = rows();
  const now = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  if (next) stayOn(next);
}
function stayOn(row) {
  rows().forEach((one) => one.classList.toggle("here", one === row));
  const form = row.querySelector("form");
  const wrong = form?.querySelector("[aria-invalid=true]") || form?.querySelector(".error-summary");
  const field = wrong || form?.querySelector("input:checked, input:not([type=hidden]), select, textarea");
  (form || row).scrollIntoView({ block: "nearest" });
  (field || row.querySelector("a[data-open], a"))?.focus({ preventScroll: true });
}
function onRow(key) {
  const row = document.querySelector("#rows tbody tr.here");
  if (!row) return false;
  if (key === "x") row.querySelector("input[type=checkbox]")?.click();
  else if (key === "e") row.querySelector("a[data-edit]")?.click();
  else (row.querySelector("a[data-open]") || row.querySelector("a"))?.click();
  return true;
}
function showSelection() {
  let chosen = 0;
  for (const box of document.querySelectorAll("#rows tbody .select input")) {
    box.closest("tr").setAttribute("aria-selected", String(box.checked));
    chosen += box.checked;
  }
  const bulk = document.getElementById("bulk");
  if (!bulk) return;
  bulk.classList.toggle("on", chosen > 0);
  const count = bulk.querySelector("[data-chosen]");
  if (count) count.textContent = String(chosen);
}

document.addEventListener("keydown", (event) => {
  if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing(event.target))) {
    const search = document.getElementById("search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      if (menu.contains(event.target)) menu.querySelector("summary").focus();
    }
  }
  const form = event.target.closest("#rows form");
  if (form && event.key === "Escape") form.querySelector("a[data-cancel]")?.click();
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  if (event.key === "Escape" && event.target.closest("#filters")) return moveTo(0);
  if (form || (typing(event.target) && event.target.type !== "checkbox")) return;
  const picker = document.querySelector("details.moment");
  if (event.key === "t" && picker && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    picker.open = true;
    picker.querySelector("input[type=date]").focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("rows")) return;
  if (event.key === "j") moveTo(1);
  else if (event.key === "k") moveTo(-1);
  else if (event.key === "e" || event.key === "x") { if (onRow(event.key)) event.preventDefault(); }
  else if (event.key === "a") document.querySelector("#rows [data-all]")?.click();
  else if (event.key === "b") document.querySelector("#bulk.on button:not([type=button])")?.focus();
  else if (event.key === "f") {
    const field = document.querySelector("#filters input:not([type=hidden]), #filters select");
    if (field) { event.preventDefault(); field.focus(); }
  } else if (event.key === "Enter" && event.target === document.body && onRow("Enter")) event.preventDefault();
});

// A click outside closes a menu; a theme button sets the theme; a message can be put away.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
  const theme = event.target.closest("[data-theme]");
  if (theme) setTheme(theme.dataset.theme);
  event.target.closest("[data-dismiss]")?.closest(".message").remove();
});

// Confirmation: <button data-confirm="Withdraw the acceptance?" data-confirm-label="Withdraw">.
function ask(question, label, yes) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return yes();
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector("[value=yes]").textContent = label || "Continue";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") yes(); }, { once: true });
  dialog.showModal();
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = button?.dataset.confirm || form.dataset.confirm;
  if (!question || form.dataset.confirmed) return delete form.dataset.confirmed;
  event.preventDefault();
  ask(question, button?.dataset.confirmLabel || form.dataset.confirmLabel, () => {
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
  });
}, true);
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt.dataset.confirmLabel, () => event.detail.issueRequest(true));
});

// Forms that submit themselves when htmx is not there to do it.
document.addEventListener("change", (event) => {
  if (event.target.matches("#rows .select input")) {
    if (event.target.dataset.all !== undefined)
      for (const box of document.querySelectorAll("#rows tbody .select input")) box.checked = event.target.checked;
    showSelection();
  }
  const form = event.target.closest("form[data-autosubmit]");
  if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
});
document.addEventListener("htmx:afterSettle", (event) => {
  showSelection();
  reach(document);
  if (event.target.matches?.("#rows tbody tr")) stayOn(event.target); // edited in place: whoever is there stays there
});

// A table wider than its place scrolls, so the keyboard has to reach it.
function reach(part) {
  for (const wrap of part.querySelectorAll(".table-wrap")) {
    wrap.classList.toggle("is-wide", wrap.scrollWidth > wrap.clientWidth);
    if (wrap.scrollWidth <= wrap.clientWidth || wrap.querySelector("a, input")) continue;
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", wrap.querySelector("caption")?.textContent || "Table");
  }
}

// Leaving a form with unsaved words asks first.
let unsaved = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) unsaved = true; });
document.addEventListener("submit", () => { unsaved = false; });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

function ready() {
  for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
  for (const shown of document.querySelectorAll("[data-no-script]")) shown.hidden = true;
  showTheme();
  document.querySelector(".error-summary")?.focus();
  reach(document);
}
document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();

// Flows as a table, with scripts: Enter goes down (a last line grows another), Ctrl+D takes the cell above, Ctrl+Enter
// saves, a block from a spreadsheet is pasted from the cell on, and lists suggest the next of several names.
"use strict";

(() => {
  const form = document.querySelector("form[data-grid]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const MOST = 55;
  document.querySelector("[data-needs-script]")?.removeAttribute("hidden");
  const add = form.querySelector("[data-add-line]");
  add.hidden = false;

  const cells = (row) => [...row.querySelectorAll("td input")];
  const mark = (input) => input.closest("td").classList.toggle("changed", input.value !== input.defaultValue);

  function addLine() {
    if (body.rows.length >= MOST) return null;
    const last = body.rows[body.rows.length - 1];
    const from = last.dataset.line;
    const number = String(Math.max(...[...body.rows].map((row) => Number(row.dataset.line))) + 1);
    const row = last.cloneNode(true);
    row.dataset.line = number;
    row.id = `c-line-${number}`;
    row.querySelectorAll(".error").forEach((text) => text.remove());
    row.querySelectorAll(".wrong, .changed").forEach((cell) => cell.classList.remove("wrong", "changed"));
    for (const input of row.querySelectorAll("input")) {
      input.name = input.name.replace(`${from}-`, `${number}-`);
      if (input.id) input.id = `c-${input.name}`;
      input.defaultValue = input.value = "";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      if (input.ariaLabel) input.ariaLabel = input.ariaLabel.replace(/, .*$/, `, new line ${number}`);
    }
    row.querySelector("th").firstChild.nodeValue = "new";
    body.append(row);
    return row;
  }

  function below(row) {
    return row.nextElementSibling || addLine();
  }

  function paste(start, text) {
    const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    let row = start.closest("tr");
    const column = cells(row).indexOf(start);
    let lost = 0;
    for (const values of lines) {
      if (!row) { lost += 1; continue; }
      const inputs = cells(row);
      values.forEach((value, n) => {
        const input = inputs[column + n];
        if (!input) return;
        input.value = value.trim();
        mark(input);
      });
      row = row === body.lastElementChild && values === lines[lines.length - 1] ? row : below(row);
    }
    if (lost) window.alert(`${lost} lines had no room here: import the spreadsheet instead.`);
  }

  // A list suggests the next of several names: what is written before it stays in front.
  function suggest(input) {
    const all = document.getElementById(`list-${input.dataset.all}`);
    const before = input.value.match(/^.*(?:→|->|>|;)\s*/)?.[0] ?? "";
    const front = before.replace(/\s*(?:→|->|>|;)\s*/g, input.dataset.joined);
    const own = document.getElementById("list-next") || Object.assign(document.createElement("datalist"), { id: "list-next" });
    own.replaceChildren(...[...all.options].map((one) => new Option("", front + one.value)));
    form.append(own);
    input.setAttribute("list", "list-next");
  }

  body.addEventListener("focusin", (event) => {
    const input = event.target;
    if (!input.dataset.joined) return;
    input.dataset.all ||= input.getAttribute("list").replace("list-", "");
    suggest(input);
  });
  body.addEventListener("input", (event) => {
    mark(event.target);
    if (event.target.dataset.all) suggest(event.target);
  });
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    paste(event.target, text);
  });
  body.addEventListener("keydown", (event) => {
    const input = event.target;
    const row = input.closest("tr");
    const column = cells(row).indexOf(input);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const reason = form.querySelector("#reason");
      if (reason.value.trim()) form.requestSubmit();
      else reason.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const next = event.shiftKey ? row.previousElementSibling : below(row);
      if (next) cells(next)[column].focus();
    } else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!row.previousElementSibling) return;
      input.value = cells(row.previousElementSibling)[column].value;
      mark(input);
    }
  });
  add.addEventListener("click", () => { const row = addLine(); if (row) cells(row)[0].focus(); });
})();

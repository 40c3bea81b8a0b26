// Handing in files, with scripts: files are sent piece by piece as soon as they are chosen or dropped, and go on where
// they broke off. Without scripts the same form hands them in as a whole. Listens on the document, so that it keeps
// working when a refused form is swapped for its answer.
"use strict";

(() => {
  const WAITS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 30000];
  const under = new Set(); // the files that are still on their way
  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);
  const pause = (time) => new Promise((done) => setTimeout(done, time));

  function ask(method, url, token, body, told) {
    return new Promise((done, broken) => {
      const call = new XMLHttpRequest();
      call.open(method, url);
      call.setRequestHeader("X-CSRFToken", token);
      call.setRequestHeader("Content-Type", "application/octet-stream");
      call.responseType = "json";
      call.upload.onprogress = (event) => told?.(event.loaded);
      call.onerror = call.ontimeout = () => broken(new Error("broken"));
      call.onload = () => (call.status >= 500 || !call.response ? broken(new Error("broken")) : done(call.response));
      call.send(body);
    });
  }

  function line(list, file) {
    const item = document.createElement("li");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    bar.max = file.size;
    bar.setAttribute("aria-label", file.name);
    item.append(`${file.name}, ${size(file.size)} `, bar, " ", words);
    list.append(item);
    return {
      at: (bytes) => { bar.value = bytes; words.textContent = `${Math.floor((100 * bytes) / file.size)}%`; },
      say: (text, done) => { words.textContent = text; if (done) bar.remove(); item.classList.toggle("overdue", done === false); },
    };
  }

  async function pieces(file, one, url, token, shown) {
    let offset = one.offset;
    for (let tries = 0; offset < file.size; ) {
      try {
        const piece = file.slice(offset, offset + one.piece);
        const said = await ask("POST", `${url}?offset=${offset}`, token, piece, (sent) => shown.at(Math.min(offset + sent, file.size)));
        if (said.error) throw Object.assign(new Error(said.error), { final: true });
        offset = said.offset;
        tries = 0;
      } catch (error) {
        if (error.final || tries === WAITS.length) throw error;
        shown.say("The connection broke off, trying again");
        await pause(WAITS[tries++]);
        offset = await ask("GET", url, token, null).then((said) => said.offset ?? offset, () => offset);
      }
    }
  }

  async function send(form, file) {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const shown = line(form.querySelector("[data-chosen-files]"), file);
    under.add(file);
    ready(form);
    try {
      const about = JSON.stringify({ name: file.name, size: file.size, stamp: String(file.lastModified) });
      const one = await ask("POST", form.dataset.uploads, token, about);
      if (one.error) throw Object.assign(new Error(one.error), { final: true });
      shown.at(one.offset);
      await pieces(file, one, `${form.dataset.uploads}${one.id}/`, token, shown);
      const arrived = form.querySelector("[name=arrived]");
      arrived.value = [...arrived.value.split(",").filter((key) => key && key !== one.id), one.id].join(",");
      shown.say("arrived", true);
    } catch (error) {
      shown.say(error.final ? error.message : "The connection broke off. What arrived is kept: choose the file again to go on.", false);
    }
    under.delete(file);
    ready(form);
  }

  function ready(form) {
    for (const button of form.querySelectorAll("button.btn-primary")) button.disabled = under.size > 0;
  }

  function take(input, files) {
    const form = input.closest("form");
    for (const file of files) send(form, file);
    input.value = "";
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("form[data-uploads] [data-drop] input[type=file]")) take(input, [...input.files]);
  });

  for (const name of ["dragenter", "dragover", "dragleave", "drop"])
    document.addEventListener(name, (event) => {
      const box = event.target.closest?.("[data-drop]");
      if (!box) return;
      event.preventDefault();
      box.classList.toggle("over", name === "dragenter" || name === "dragover");
      if (name === "drop") take(box.querySelector("input[type=file]"), [...event.dataTransfer.files]);
    });

  addEventListener("beforeunload", (event) => { if (under.size) event.preventDefault(); });
})();

// Handing in evidence, with scripts: drop files into the box, see what was chosen, watch the upload.
// Listens on the document, so that it keeps working when a refused form is swapped for its answer.
"use strict";

const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

function showChosen(input) {
  const list = input.closest("form").querySelector("[data-chosen-files]");
  if (!list) return;
  list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name}, ${size(file.size)}`;
    return item;
  }));
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]")) showChosen(event.target);
});

for (const name of ["dragenter", "dragover", "dragleave", "drop"])
  document.addEventListener(name, (event) => {
    const box = event.target.closest?.("[data-drop]");
    if (!box) return;
    event.preventDefault();
    box.classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name !== "drop") return;
    const input = box.querySelector("input[type=file]");
    const files = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) files.items.add(file);
    input.files = files.files;
    showChosen(input);
  });

document.addEventListener("htmx:xhr:progress", (event) => {
  const line = event.target.querySelector?.("[data-upload-progress]");
  if (!line || !event.detail.lengthComputable) return;
  const share = Math.round((100 * event.detail.loaded) / event.detail.total);
  line.hidden = false;
  line.querySelector("progress").value = share;
  line.querySelector("span").textContent = share < 100 ? `${share}%` : "Checking";
});

document.addEventListener("htmx:sendError", (event) => {
  const line = event.target.querySelector?.("[data-upload-progress]");
  if (line) line.querySelector("span").textContent = "The connection broke off. Nothing was kept: try again.";
});

// A map with scripts: a click or Enter on a place or a number shows it with its neighbours at once, Escape shows all again.
// Without scripts the same links ask the server for the same picture.
"use strict";

(() => {
  const drawing = document.querySelector(".picture .flow-map");
  if (!drawing) return;
  const legs = [...drawing.querySelectorAll(".leg")];
  const places = [...drawing.querySelectorAll(".place")];
  const said = document.createElement("p");
  said.className = "map-focus";
  said.setAttribute("aria-live", "polite");
  drawing.closest("figure").append(said);
  const older = document.querySelector("[data-map-focus]");
  if (older) return; // the server has drawn one focus already: its links lead on
  let chosen = "";

  function show(flows, place) {
    const near = new Set();
    for (const leg of legs) {
      const kept = !flows || leg.dataset.flows.split(" ").some((flow) => flows.has(flow));
      leg.classList.toggle("faint", !kept);
      if (kept) leg.dataset.ends.split(" ").forEach((end) => near.add(end));
    }
    for (const box of places) {
      box.classList.toggle("faint", Boolean(flows) && !near.has(box.dataset.place));
      box.classList.toggle("focus", box === place);
    }
  }

  function tell(name, address, count) {
    said.replaceChildren();
    if (!name) return;
    const strong = document.createElement("strong");
    const link = document.createElement("a");
    strong.textContent = name;
    link.href = address;
    link.textContent = "on a page of its own";
    said.append(strong, ` ${count === 1 ? "1 flow" : `${count} flows`} \u00b7 `, link, " \u00b7 Escape shows all again");
  }

  function clear() {
    chosen = "";
    show(null, null);
    tell("");
  }

  drawing.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const address = link.getAttribute("href");
    if (chosen === address) return clear();
    chosen = address;
    const place = link.closest(".place");
    const touching = (leg) => leg.dataset.ends.split(" ").includes(place.dataset.place);
    const flows = place
      ? new Set(legs.filter(touching).flatMap((leg) => leg.dataset.flows.split(" ")))
      : new Set([link.getAttribute("aria-label")]);
    show(flows, place);
    const name = place ? [...place.querySelectorAll("text.ink")].map((text) => text.textContent).join(" ") : [...flows][0];
    tell(name, address, flows.size);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) clear(); });
})();

// A long list to choose several from, with scripts: words narrow it, one click takes or leaves a line, and what is chosen
// stays in sight. Without scripts it is the list alone.
"use strict";

(() => {
  function equip(list) {
    if (list.dataset.equipped) return;
    list.dataset.equipped = "yes";
    const lines = [...list.options];
    const box = document.createElement("input");
    const said = document.createElement("p");
    box.type = "search";
    box.className = "form-control mb-1";
    box.placeholder = list.dataset.narrow;
    box.setAttribute("aria-label", list.dataset.narrow);
    said.className = "help";
    said.setAttribute("aria-live", "polite");

    const count = () => {
      const chosen = lines.filter((line) => line.selected).length;
      said.textContent = `${list.options.length} of ${lines.length} shown, ${chosen} chosen`;
    };
    const narrow = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (line) => line.selected || words.every((word) => line.text.toLowerCase().includes(word));
      list.replaceChildren(...lines.filter(fits));
      count();
    };
    box.addEventListener("input", narrow);
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    list.addEventListener("change", count);
    list.addEventListener("mousedown", (event) => {
      if (!(event.target instanceof HTMLOptionElement)) return;
      event.preventDefault();
      const top = list.scrollTop;
      event.target.selected = !event.target.selected;
      list.focus();
      list.scrollTop = top;
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    list.form?.addEventListener("submit", () => list.replaceChildren(...lines));
    list.before(box);
    list.after(said);
    count();
  }

  const all = () => document.querySelectorAll("select[multiple][data-narrow]").forEach(equip);
  document.addEventListener("htmx:afterSettle", all);
  all();
})();

// Keeps what is left of a clock up to date; the page is right without it, as of when it was drawn.
"use strict";

(function () {
  function words(milliseconds) {
    const minutes = Math.floor(milliseconds / 60000);
    if (minutes < 4 * 24 * 60) {
      return Math.floor(minutes / 60) + " h " + String(minutes % 60).padStart(2, "0") + " min";
    }
    return Math.floor(minutes / 1440) + " d " + Math.floor((minutes % 1440) / 60) + " h";
  }

  function tick() {
    const now = Date.now();
    for (const place of document.querySelectorAll("[data-clock-due]")) {
      const began = Date.parse(place.dataset.clockFrom);
      const due = Date.parse(place.dataset.clockDue);
      const dot = place.firstElementChild;
      if (!dot || Number.isNaN(due)) {
        continue;
      }
      const over = now > due;
      const share = due > began ? (due - now) / (due - began) : 0;
      dot.textContent = over ? words(now - due) + " late" : words(due - now) + " left";
      const tone = over || share <= 0.1 ? "bad" : share <= 0.5 ? "warn" : "ok";
      dot.className = "state state-" + tone;
    }
  }

  tick();
  setInterval(tick, 20000);
})();

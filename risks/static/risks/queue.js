/* A sitting by keys alone. Without scripts the page is an ordinary form. */
(() => {
  const form = document.querySelector("[data-sitting]");
  if (!form) return;
  const cards = [...form.querySelectorAll("[data-risk]")];
  const said = form.querySelector("[data-said]");
  const reason = form.querySelector("[data-reason] textarea");
  const turns = new WeakMap();
  let at = 0;

  const tell = (text) => { said.textContent = text; };
  const field = (card, name) => card.querySelector(`[name^="${name}-"]`);
  const choose = (card, value) => {
    const radio = card.querySelector(`[name^="answer-"][value="${value}"]`);
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    return radio.parentElement.textContent.trim();
  };
  const go = (to) => {
    at = Math.max(0, Math.min(cards.length - 1, to));
    cards[at].focus();
    cards[at].scrollIntoView({ block: "nearest" });
    tell(cards[at].getAttribute("aria-label"));
  };
  const digit = (card, number) => {
    const name = turns.get(card) === "consequence" ? "consequence" : "likelihood";
    const select = field(card, name);
    if (![...select.options].some((option) => option.value === number)) return;
    select.value = number;
    turns.set(card, name === "likelihood" ? "consequence" : "likelihood");
    choose(card, "again");
    tell(`${card.dataset.risk}: ${name} ${number}`);
  };
  const acts = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    r: (card) => { tell(`${card.dataset.risk}: ${choose(card, "unchanged")}`); go(at + 1); },
    l: (card) => { tell(`${card.dataset.risk}: ${choose(card, "")}`); go(at + 1); },
    w: (card) => field(card, "rationale").focus(),
    s: () => reason.focus(),
  };

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-risk]");
    if (card) at = cards.indexOf(card);
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.isComposing) return;
    if (event.ctrlKey) {
      if (event.key === "Enter" && form.contains(event.target)) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape" && form.contains(event.target)) { go(at); return; }
    if (event.target.closest("textarea, select, input:not([type=radio]), dialog")) return;
    if (event.key in acts) { event.preventDefault(); event.stopPropagation(); acts[event.key](cards[at]); }
    else if (/^[1-5]$/.test(event.key)) { event.preventDefault(); digit(cards[at], event.key); }
  }, true);
})();

/* The scenario as one sentence, while its parts are written. Without scripts the saved risk's page shows it. */
(() => {
  const parts = ["weakness", "source", "event", "consequence"].map((name) => document.getElementById(`id_${name}`));
  if (parts.some((part) => !part)) return;
  const blanks = ["weakness", "source", "event", "consequence"];
  const line = document.createElement("output");
  line.className = "note sentence";
  line.setAttribute("aria-live", "polite");
  line.setAttribute("for", parts.map((part) => part.id).join(" "));
  parts[3].closest(".field").after(line);
  const said = (part, n) => part.value.trim().replace(/\.+$/, "") || `‹${blanks[n]}›`;
  const write = () => {
    const [weakness, source, event, consequence] = parts.map(said);
    line.textContent = `Because of ${weakness}, ${source} could ${event}, leading to ${consequence}.`;
  };
  parts.forEach((part) => part.addEventListener("input", write));
  write();
})();

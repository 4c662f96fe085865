// ---- what the reader does --------------------------------------------------------------------------------------
const redraw = (within = document) => all(".chart", within).forEach((host) => {
  if (host.clientWidth && host.dataset.chart) draw[host.dataset.chart](host);
  else if (host.redraw) host.redraw();
});
const switches = all("button[data-t]");
switches.forEach((button) => button.addEventListener("click", () => {
  const on = root.classList.toggle(`hide-${button.dataset.t}`);
  for (const one of switches) if (one.dataset.t === button.dataset.t) one.setAttribute("aria-pressed", String(!on));
}));
const bands = document.getElementById("bands");
const showBands = () => root.classList.toggle("bands", bands.checked);
if (bands) { bands.addEventListener("change", showBands); showBands(); }
all("table.sortable").forEach((table) => all("thead th", table).forEach((head, column) => {
  const button = html("button", { type: "button" }, ...head.childNodes);
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const number = head.classList.contains("number");
    const up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : !number;
    all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => row.cells[column].dataset.value, text = (row) => row.cells[column].textContent.trim();
    const rows = all("tbody tr", table).sort((a, b) => {
      if (!number) return text(a).localeCompare(text(b), "en", { numeric: true }) * (up ? 1 : -1);
      if (key(a) === undefined || key(b) === undefined) return (key(a) === undefined) - (key(b) === undefined);
      return (key(a) - key(b)) * (up ? 1 : -1);
    });
    table.tBodies[0].append(...rows);
  });
}));
function open() {
  const view = /^#s\d+$/.test(location.hash) && document.querySelector(`details.view${location.hash}`);
  if (!view) return;
  all("details.view[open]").forEach((other) => { if (other !== view) other.open = false; });
  view.open = true;
  redraw(view);
  view.scrollIntoView();
  view.querySelector("summary").focus({ preventScroll: true });
}
all("details").forEach((one) => one.addEventListener("toggle", () => { if (one.open) redraw(one); }));
all("a[href^='#s']").forEach((link) => link.addEventListener("click", () => { if (link.getAttribute("href") === location.hash) open(); }));
addEventListener("hashchange", open);
document.getElementById("attribute")?.addEventListener("change", () => redraw(document.getElementById("attributes")));
document.getElementById("memory-sequence")?.addEventListener("change", memory);
document.getElementById("memory-tracker")?.addEventListener("change", memory);
const keepHeadingsBelow = () => { root.style.scrollPaddingTop = `${(document.querySelector(".legend")?.offsetHeight || 0) + 12}px`; };
keepHeadingsBelow();
let width = innerWidth, waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  if (innerWidth !== width) waiting = setTimeout(() => { width = innerWidth; keepHeadingsBelow(); redraw(); }, 120);
});
redraw();
memory();
open();

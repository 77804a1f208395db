// The matrix of a comparison: its cells open their evidence in a row of their own; filters; deep links.
(() => {
  const columns = all(".matrix thead th").slice(2).map((head) => head.textContent);

  // What a cell holds, as the report of a single run shows it
  const told = (name, text) => element("div", name.toLowerCase(), element("dt", "", name), element("dd", "", visible(text)));
  const testShown = (test) => {
    const shown = element("div", "test", element("p", "test-name", word(`verdict v-${test.verdict.replace(" ", "-")}`, test.verdict), " ", element("code", "", visible(test.name))));
    if (test.expected || test.observed) shown.append(element("dl", "told", told("Expected", test.expected), told("Observed", test.observed)));
    else if (test.reason) shown.append(element("p", "reason", visible(test.reason)));
    if (test.exchanges.length) {
      const place = element("div", "evidence");
      place.dataset.exchanges = test.exchanges.join(" ");
      shown.append(place);
    }
    return shown;
  };
  const fillCell = async (place) => {
    const [row, column] = place.dataset.cell.split(" ").map(Number);
    delete place.dataset.cell;
    const cell = (await unpack()).cells[row][column];
    place.append(...cell.tests.map(testShown));
    fillOpen(place);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.open) all(".evidence[data-cell]", event.target).forEach(fillCell);
  }, true);

  // Cells become buttons
  for (const row of all(".matrix tbody tr")) {
    [...row.cells].slice(2).forEach((cell, column) => {
      const button = element("button", "cell", ...cell.childNodes);
      button.type = "button";
      button.dataset.column = column;
      button.setAttribute("aria-expanded", "false");
      cell.replaceChildren(button);
    });
  }
  const open = async (button) => {
    const row = button.closest("tr");
    const column = Number(button.dataset.column);
    const wasOpen = button.getAttribute("aria-expanded") === "true";
    for (const other of all("button.cell", row)) other.setAttribute("aria-expanded", "false");
    if (row.nextElementSibling?.classList.contains("panel")) row.nextElementSibling.remove();
    if (wasOpen) return;
    button.setAttribute("aria-expanded", "true");
    const cell = (await unpack()).cells[Number(row.dataset.place)][column];
    const inside = element("td", "", element("h3", "", `${columns[column]}: ${button.textContent}`));
    inside.colSpan = row.cells.length;
    if (!cell) inside.append(element("p", "", "Its catalogue has no such requirement."));
    else if (!cell.tests.length) inside.append(element("p", "reason", visible(cell.reason || "No test of it ended in this run.")));
    else inside.append(...cell.tests.map(testShown));
    row.after(element("tr", "panel", inside));
    fillOpen(inside);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.cell");
    if (button) open(button);
  });

  // Filters
  const form = document.querySelector(".filters");
  const rows = all(".matrix tbody tr").map((row) => ({ row, text: row.cells[0].textContent.toLowerCase(), changes: row.dataset.changes.split(" ") }));
  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const change = byId("by-change").value;
    let shown = 0;
    for (const { row, text, changes } of rows) {
      const differs = change === "differs" ? changes.some((one) => one !== "same") : !change || changes.includes(change);
      const fits = differs && [["level", "by-level"], ["document", "by-document"]].every(([key, id]) => !byId(id).value || byId(id).value === row.dataset[key])
        && words.every((one) => text.includes(one));
      row.hidden = !fits;
      if (row.nextElementSibling?.classList.contains("panel")) row.nextElementSibling.hidden = !fits;
      shown += fits;
    }
    byId("shown").textContent = shown === rows.length ? `${shown} requirements` : `${shown} of ${rows.length} requirements`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // A link to a requirement shows its row, whatever the filters say
  addEventListener("hashchange", () => {
    const row = byId(decodeURIComponent(location.hash.slice(1)));
    if (row?.hidden) { form.reset(); setTimeout(() => { filter(); row.scrollIntoView(); }); }
  });
})();

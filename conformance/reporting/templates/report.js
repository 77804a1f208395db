// Filters, deep links, paper.
(() => {
  // Filters

  const form = document.querySelector(".filters");
  const fields = { search: byId("search"), verdict: byId("by-verdict"), level: byId("by-level"), document: byId("by-document"),
    feature: byId("by-feature") };
  const documents = all(".document").map((section) => ({
    section,
    clauses: all(".clause", section).map((clause) => ({
      clause,
      rows: all(".row", clause).map((row) => ({
        row,
        text: `${row.querySelector("summary").textContent} ${clause.querySelector("h4").textContent}`.toLowerCase(),
      })),
    })),
  }));
  const total = all(".row").length;

  const filter = () => {
    const words = fields.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { value: verdict } = fields.verdict;
    const { value: level } = fields.level;
    const { value: feature } = fields.feature;
    let shown = 0;
    for (const { section, clauses } of documents) {
      const isChosen = !fields.document.value || fields.document.value === section.dataset.document;
      let ofDocument = 0;
      for (const { clause, rows } of clauses) {
        let ofClause = 0;
        for (const { row, text } of rows) {
          const fits = isChosen && (!verdict || row.dataset.verdict === verdict) && (!level || row.dataset.level === level)
            && (!feature || row.dataset.needs.split(" ").includes(feature)) && words.every((one) => text.includes(one));
          row.hidden = !fits;
          ofClause += fits;
        }
        clause.hidden = !ofClause;
        ofDocument += ofClause;
      }
      section.hidden = !ofDocument;
      shown += ofDocument;
    }
    byId("shown").textContent = shown === total ? `${total} requirements` : `${shown} of ${total} requirements`;
  };

  let waiting = 0;
  form.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show-verdict]");
    if (!link) return;
    form.reset();
    fields.verdict.value = link.dataset.showVerdict;
    fields.level.value = link.dataset.showLevel;
    filter();
  });
  filter();

  document.addEventListener("click", (event) => {
    const { open, close } = event.target.dataset;
    for (const details of all(`#${open ?? close} .finding > details`)) details.open = Boolean(open);
  });

  // Deep links: #requirement-id opens its row, whatever the filters say

  const follow = () => {
    let wanted;
    try { wanted = byId(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    if (!wanted) return;
    const row = wanted.closest(".row");
    if (row?.hidden) { form.reset(); setTimeout(() => { filter(); wanted.scrollIntoView(); }); }
    for (let at = wanted; at; at = at.parentElement.closest("details")) if (at.tagName === "DETAILS") at.open = true;
    wanted.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  follow();

  // On paper, findings stand open; what else is closed stays closed

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".finding > details:not([open])");
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of opened) details.open = false; });
})();

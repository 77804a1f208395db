"use strict";
// Filters, deep links, and evidence that is unpacked when it is asked for. What a target sent becomes text nodes, never markup.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  document.documentElement.classList.add("scripted");

  // Evidence

  const base = byId("main").dataset.baseUrl.replace(/\/$/, "");
  let unpacked = null;

  const unpack = () => {
    unpacked ??= (async () => {
      const bytes = Uint8Array.from(atob(byId("packed").textContent), (character) => character.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return JSON.parse(await new Response(stream).text());
    })();
    return unpacked;
  };

  const unseen =
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{d800}-\u{dfff}\u{e0000}-\u{e007f}]/gu;
  const escaped = (character) => {
    const code = character.codePointAt(0);
    if (code === 13) return "\\r";
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
  };
  const visible = (text) => String(text).replace(unseen, escaped);
  const body = (text) => visible(text.replace(/\r\n?/g, "\n"));

  const element = (name, kind, ...children) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    made.append(...children);
    return made;
  };
  const word = (kind, text) => element("span", kind, visible(text));

  const side = (headers, text) => [
    ...headers.flatMap(([name, value]) => [word("k", `${name}:`), ` ${visible(value)}\n`]),
    ...(text ? [`\n${body(text)}\n`] : []),
  ];

  const exchange = (x) => {
    const shown = element("details", "exchange");
    shown.open = x.phase !== "given";
    const url = x.request.url.startsWith(base) ? x.request.url.slice(base.length) || "/" : x.request.url;
    const status = x.response ? x.response.status : "no response";
    shown.append(
      element("summary", "", word("phase", x.phase), " ", word("m", x.request.method), ` ${visible(url)} `, word("s", status)),
      element("pre", "wire out", word("m", x.request.method), " ", word("u", x.request.url), "\n", ...side(x.request.headers, x.request.body)),
      x.response
        ? element("pre", "wire in", word("s", x.response.status), " ", word("t", `${x.response.ms} ms, ${x.response.size} bytes`), "\n",
            ...side(x.response.headers, x.response.body))
        : element("pre", "wire in", word("s", "no response"), ` ${visible(x.failure ?? "")}`),
      copyable(x.curl),
    );
    return shown;
  };

  const copyable = (line) => {
    const button = element("button", "copy", "Copy");
    button.type = "button";
    return element("div", "curl", element("code", "", visible(line)), button);
  };

  const fill = async (place) => {
    const wanted = place.dataset.exchanges.split(" ").map(Number);
    delete place.dataset.exchanges;
    try {
      const exchanges = await unpack();
      place.append(...wanted.map((index) => exchange(exchanges[index])));
    } catch (error) {
      place.append(element("p", "notice", `This browser can't unpack the evidence (${error}); results.json beside this file holds it.`));
    }
  };

  document.addEventListener("toggle", (event) => {
    if (event.target.open) all(".evidence[data-exchanges]", event.target).forEach(fill);
  }, true);
  all("details[open] .evidence[data-exchanges]").forEach(fill);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    let answer = "Copied";
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // Pages opened from a file may not write to the clipboard: select the line instead.
      getSelection().selectAllChildren(code);
      answer = document.execCommand("copy") ? "Copied" : "Selected";
    }
    button.textContent = answer;
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });

  // Filters

  const form = document.querySelector(".filters");
  const fields = { search: byId("search"), verdict: byId("by-verdict"), level: byId("by-level"), document: byId("by-document") };
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
    let shown = 0;
    for (const { section, clauses } of documents) {
      const isChosen = !fields.document.value || fields.document.value === section.dataset.document;
      let ofDocument = 0;
      for (const { clause, rows } of clauses) {
        let ofClause = 0;
        for (const { row, text } of rows) {
          const fits = isChosen && (!verdict || row.dataset.verdict === verdict) && (!level || row.dataset.level === level)
            && words.every((one) => text.includes(one));
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

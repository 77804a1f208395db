"use strict";
// Evidence that is unpacked when it is asked for. What a target sent becomes text nodes, never markup.
const { all, byId, element, fillOpen, unpack, visible, word } = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  document.documentElement.classList.add("scripted");

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
  const lines = (text) => visible(text.replace(/\r\n?/g, "\n"));

  const element = (name, kind, ...children) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    made.append(...children);
    return made;
  };
  const word = (kind, text) => element("span", kind, visible(text));

  // Colors: a text in pieces, each with the kind of its token or none

  const jsonToken = /("(?:[^"\\]|\\.)*")(?=\s*:)|("(?:[^"\\]|\\.)*")|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
  const inJson = (text) => {
    const pieces = [];
    let end = 0;
    for (const found of text.matchAll(jsonToken)) {
      pieces.push([text.slice(end, found.index), ""], [found[0], found[1] ? "key" : found[2] ? "string" : "literal"]);
      end = found.index + found[0].length;
    }
    return [...pieces, [text.slice(end), ""]];
  };
  const inForm = (text) =>
    text.split("&").flatMap((pair, number) => {
      const [name, ...rest] = pair.split("=");
      const value = rest.length ? [["=", "mark"], [rest.join("="), "string"]] : [];
      return [...(number ? [["&", "mark"]] : []), [name, "key"], ...value];
    });
  const inUrl = (text) => {
    const [, path, query, fragment] = /^([^?#]*)(\?[^#]*)?(#[^]*)?$/.exec(text) ?? [null, text];
    const parts = [query, fragment].filter(Boolean);
    return [[path, ""], ...parts.flatMap((part) => [[part[0], "mark"], ...inForm(part.slice(1))])];
  };
  const inBody = (text) => {
    if (/^\s*[[{]/.test(text)) return inJson(text);
    return /^[^\s<>=&]+=[^\s<>]*$/.test(text) ? inForm(text) : [[text, ""]];
  };
  const paint = (place) => {
    if (place.childElementCount) return;
    const pieces = (place.classList.contains("u") ? inUrl : inBody)(place.textContent);
    place.replaceChildren(...pieces.filter(([text]) => text).map(([text, kind]) => (kind ? element("span", kind, text) : text)));
  };

  // An exchange

  const bar = (start, width) => {
    const make = (name, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      return made;
    };
    const shown = make("svg", { class: "bar", viewBox: "0 0 1000 8", preserveAspectRatio: "none", "aria-hidden": "true" });
    shown.append(make("rect", { x: start, width, height: 8 }));
    return shown;
  };

  // When in its test each exchange was, in thousandths of the whole
  const timeline = (exchanges) => {
    const lengths = exchanges.map((x) => (x.response ? x.response.ms / 1000 : 0));
    const begin = Math.min(...exchanges.map((x) => x.at));
    const whole = Math.max(...exchanges.map((x, n) => x.at + lengths[n])) - begin || 1;
    return exchanges.map((x, n) => ({
      start: Math.min(980, Math.round((1000 * (x.at - begin)) / whole)),
      width: Math.max(20, Math.round((1000 * lengths[n]) / whole)),
      after: `+${Math.round(1000 * (x.at - begin))} ms`,
    }));
  };

  // Stylesheets and scripts of pages, which stay off paper: the same as on the page
  const machinery = /(<(style|script)\b[^>]*>)([^]*?)(?=<\/\2\b|$)/gi;
  const machineryType = /^(text\/css|(text|application)\/(x-)?javascript)\b/i;
  const unprinted = (text) => (text.length > 200 ? element("span", "machinery", element("span", "", text)) : text);
  const inParts = (headers, text) => {
    if (headers.some(([name, value]) => name.toLowerCase() === "content-type" && machineryType.test(value))) return [unprinted(text)];
    const parts = [];
    let end = 0;
    for (const found of text.matchAll(machinery)) {
      const start = found.index + found[1].length;
      parts.push(text.slice(end, start), unprinted(found[3]));
      end = start + found[3].length;
    }
    return [...parts, text.slice(end)].filter(Boolean);
  };

  const side = (headers, text) => [
    ...headers.flatMap(([name, value]) => [word("k", `${name}:`), ` ${visible(value)}\n`]),
    ...(text ? ["\n", element("span", "b", ...inParts(headers, lines(text))), "\n"] : []),
  ];

  const copyable = (line) => {
    const button = element("button", "copy", "Copy curl");
    button.type = "button";
    return element("div", "curl", element("code", "", visible(line)), button);
  };

  const shortUrl = (url, ofRun) => {
    const base = (ofRun ?? byId("main").dataset.baseUrl).replace(/\/$/, "");
    return url.startsWith(base) ? url.slice(base.length) || "/" : url;
  };

  const picture = (x) => {
    if (!x.picture) return [];
    const shown = element("img", "picture");
    shown.src = x.picture;
    shown.alt = "What the browser showed";
    return [shown];
  };

  // What a finding makes of an exchange: the same words as on the page
  const markOf = (place, index) =>
    [["judged", "judged"], ["answer", "shows it"], ["control", "compared with"]].find(([name]) => place.dataset[name] === String(index))?.[1] ?? "";

  const exchange = (x, moment, mark, isOpen) => {
    const shown = element("details", mark ? "exchange marked" : "exchange");
    shown.open = isOpen;
    const answer = x.response;
    shown.append(
      element("summary", "", word("phase", x.phase), " ", word("m", x.request.method), " ", word("path", shortUrl(x.request.url, x.base)), " ",
        ...(mark ? [word("judging", mark), " "] : []),
        word("s", answer ? answer.status : "no response"), " ", word("t", moment.after), " ", bar(moment.start, moment.width)),
      element("pre", "wire out", word("m", x.request.method), " ", word("u", x.request.url), "\n", ...side(x.request.headers, x.request.body)),
      answer
        ? element("pre", "wire in", word("s", answer.status), " ", word("t", `${answer.ms} ms, ${answer.size} bytes`), "\n", ...side(answer.headers, answer.body))
        : element("pre", "wire in", word("s", "no response"), ` ${visible(x.failure ?? "")}`),
      ...picture(x),
      copyable(x.curl),
    );
    all(".b, .u", shown).forEach(paint);
    return shown;
  };

  const fill = async (place) => {
    const wanted = place.dataset.exchanges.split(" ").map(Number);
    delete place.dataset.exchanges;
    try {
      const known = (await unpack()).exchanges;
      const exchanges = wanted.map((index) => known[index]);
      const moments = timeline(exchanges);
      const marks = wanted.map((index) => markOf(place, index));
      const isOpen = (x, mark) => (place.dataset.judged ? ["judged", "shows it"].includes(mark) : x.phase !== "given");
      place.append(...exchanges.map((x, n) => exchange(x, moments[n], marks[n], isOpen(x, marks[n]))));
    } catch (error) {
      place.append(element("p", "notice", `This browser can't unpack the evidence (${error}); results.json beside this file holds it.`));
    }
  };

  // A topic stands once in the page; where it is asked for, its text is shown in place of the link to it
  const explain = (link) => {
    const topic = byId(`topic-${link.dataset.topic}`)?.querySelector(".why");
    if (topic) link.closest("p").replaceWith(topic.cloneNode(true));
  };

  const fillOpen = (root) => {
    all(".evidence[data-exchanges]", root).filter((place) => !place.closest("details:not([open])")).forEach(fill);
    all("a[data-topic]", root).forEach(explain);
    all(".b, .u", root).forEach(paint);
  };
  document.addEventListener("toggle", (event) => { if (event.target.open) fillOpen(event.target); }, true);
  all("details[open]").forEach(fillOpen);

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
    button.textContent = byId("announced").textContent = answer;
    setTimeout(() => { button.textContent = "Copy curl"; byId("announced").textContent = ""; }, 1500);
  });

  return { all, byId, element, fillOpen, unpack, visible, word };
})();

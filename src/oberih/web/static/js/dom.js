// How is a piece of the page made?  `make("p", {class: "note"}, "text", child)`; text is always text, never markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false).map(
    (c) => (c instanceof Node ? c : document.createTextNode(String(c)))));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A piece of SVG; text is always text. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((c) => c !== null && c !== undefined && c !== false).map(
    (c) => (c instanceof Node ? c : document.createTextNode(String(c)))));
  return element;
}

/** A table: heads, rows of text or nodes; `numeric` names the columns of numbers.  It scrolls by itself on a phone. */
export function table({ caption, heads, rows, numeric = [], empty = "–" }) {
  const cell = (tag, value, i) => make(tag, { class: numeric.includes(i) ? "number" : null,
    scope: tag === "th" ? "col" : null }, value ?? empty);
  return make("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": caption },
    make("table", {}, caption ? make("caption", {}, caption) : null,
      make("thead", {}, make("tr", {}, heads.map((h, i) => cell("th", h, i)))),
      make("tbody", {}, rows.map((row) => make("tr", {}, row.map((v, i) => cell("td", v, i)))))));
}

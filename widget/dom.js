// @ts-check
/** Making DOM without markup: what a server or a visitor wrote can only become text. */

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  alert: "M12 3 2 20h20zM12 10v4M12 17v.5",
  chat: "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5",
  check: "m5 12 5 5 9-10",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  leaf: "M5 19c0-9 5-14 15-14 0 10-5 15-13 13M5 21c1-5 4-8 8-10",
  menu: "M12 5v.1M12 12v.1M12 19v.1",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-8 16-8 16 0",
  phone: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1z",
  send: "M4 12 20 4l-5 16-4-7zM11 13l4-4",
  thumb: "M7 11v9H4v-9zM7 11l4-8c2 0 3 1 3 3l-1 4h6c1 0 2 1 2 2l-2 7c0 1-1 1-2 1H7",
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes] `onclick` is a listener; true has no value; null and false are left out, as among the children
 * @param {...any} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else set(element, name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

/** @type {(look: string, inside: string | (Node | string)[], onclick: () => void, attributes?: Record<string, any>) => HTMLButtonElement} */
export const button = (look, inside, onclick, attributes) => make("button", { type: "button", class: look, onclick, ...attributes }, ...inside);

/** @param {keyof typeof SHAPES} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  set(svg, "viewBox", "0 0 24 24");
  set(svg, "aria-hidden", "true");
  set(svg, "class", `icon icon-${name}`);
  set(path, "d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
export function set(element, name, value) {
  const text = value === true ? "" : String(value);
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * A screen reader reads a live region again when the same text is set once more.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @type {(element: HTMLElement, shown: any) => void} */
export const show = (element, shown) => set(element, "hidden", !shown);

/**
 * Fills a sentence's `{name}` places with text or elements.
 * @param {string} sentence
 * @param {Record<string, Node | string | number>} values
 */
export const fill = (sentence, values) =>
  sentence.split(/(\{\w+\})/).filter(Boolean).map((part) => /** @type {Node | string} */ (part[0] === "{" ? values[part.slice(1, -1)] : part));

/** @type {(sentence: string, values: Record<string, string | number>) => string} */
export const fillText = (sentence, values) => fill(sentence, values).join("");

// @ts-check
/** What is needed seldom. */
import { button, icon, make, set, show } from "../dom.js";

export class Menu {
  /** @param {Record<string, () => void>} tasks by a word each */
  constructor(/** @type {Words} */ words, tasks) {
    this.button = button("round", [icon("menu")], () => this.toggle(!this.open), { "aria-label": words.menu, title: words.menu, "aria-controls": "menu" });
    /** @type {Record<string, HTMLButtonElement>} */
    this.items = {};
    for (const [name, task] of Object.entries(tasks)) {
      this.items[name] = button(`menu-item ${name}`, words[name], () => {
        this.toggle(false);
        task();
      });
    }
    this.list = make("div", { class: "menu", id: "menu" }, ...Object.values(this.items));
    this.element = make("div", {
      class: "menu-holder", onkeydown: (event) => this.open && this.#key(event),
      onfocusout: ({ relatedTarget }) => relatedTarget && !this.element.contains(relatedTarget) && this.toggle(false, false),
    }, this.button, this.list);
    this.toggle(false, false);
  }

  get open() {
    return !this.list.hidden;
  }

  toggle(open, focus = true) {
    show(this.list, open);
    set(this.button, "aria-expanded", String(open));
    if (focus) (open ? this.items.download : this.button).focus();
  }

  #key(event) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the menu first
    if (!move) return this.toggle(false);
    const items = Object.values(this.items).filter((item) => !item.hidden);
    items[(items.findIndex((item) => item.matches(":focus")) + move + items.length) % items.length].focus();
  }
}

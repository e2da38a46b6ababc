// @ts-check
/** The log: what is there stays, what is new is added, what is read out is read out once. */
import { button, icon, make, set, show } from "../dom.js";
import { midnight } from "../times.js";
import { MessageView } from "./message.js";

/** Within this time, in ms, messages of one sender belong together. */
const TOGETHER = 300_000;
/** So near counts as the end, in px. */
const NEAR = 60;

export class Messages {
  /** @type {Map<string, any>} views by key */
  #known = new Map();
  #atEnd = true;
  /** @type {HTMLElement | null} where what was said last begins */
  #reading = null;
  #liveTimer = 0;

  /** @param {Context} context */
  constructor(context) {
    const { words } = context;
    this.context = context;
    this.log = make("div", { class: "log", role: "log", "aria-label": words.log, "aria-live": "polite", "aria-relevant": "additions", tabindex: "0" });
    this.dots = make("div", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    this.scroller = make("div", { class: "scroller", onscroll: () => this.#scrolled() }, this.log, this.dots);
    this.jump = button("jump", [icon("down"), words.newMessages], () => {
      this.#reading = null;
      this.#toEnd();
      this.focus();
    }, { hidden: true });
    this.element = make("div", { class: "page talk" }, this.scroller, this.jump);
    // A phone's keyboard, a turned screen, a growing composer: the end stays in sight.
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.scroller);
  }

  render() {
    const { conversation } = this.context;
    this.#setLive(conversation.loaded || !conversation.consented);
    const items = this.#items();
    for (const [key, { element }] of this.#known) {
      if (items.has(key)) continue;
      element.remove();
      this.#known.delete(key);
    }
    let place = this.log.firstElementChild;
    let added; // the newest
    for (const [key, item] of items) {
      if (!this.#known.has(key)) {
        const view = item.from ? new MessageView(this.context, item) : { element: make("p", { class: "day" }, make("time", {}, item)) };
        this.#known.set(key, view);
        if (item.from) added = { item, element: view.element };
      }
      const view = this.#known.get(key);
      if (view.element === place) place = place.nextElementSibling;
      else this.log.insertBefore(view.element, place);
      view.update?.(item);
    }
    const writing = Boolean(conversation.writing);
    if (added || writing === this.dots.hidden) {
      show(this.dots, writing);
      this.#follow(added?.item, added && this.#beginning(added, items));
    }
  }

  focus() {
    this.log.focus({ preventScroll: true });
  }

  /** @returns {Map<string, any>} Items, and texts for days */
  #items() {
    const { record, pending } = this.context.conversation;
    const said = [
      ...record.map((message) => ({ key: message.client_id ?? message.id, message, from: message.from, text: message.text, at: new Date(message.sent_at) })),
      ...pending.map((entry) => ({ key: entry.id, entry, message: undefined, from: "visitor", text: entry.text ?? entry.title, at: new Date(entry.at) })),
    ];
    const lastOwn = said.map(({ from }) => from).lastIndexOf("visitor");
    const items = new Map();
    said.forEach((item, index) => {
      const before = said[index - 1];
      const day = this.context.times.day(item.at);
      const newDay = !before || midnight(before.at) !== midnight(item.at);
      if (newDay) items.set(`day ${midnight(item.at)} ${day}`, day);
      const joined = !newDay && before.from === item.from && before.message?.author?.name === item.message?.author?.name && +item.at - +before.at < TOGETHER;
      items.set(item.key, { ...item, joined, current: index > lastOwn, last: index === lastOwn });
    });
    return items;
  }

  /** What is already there when the page is loaded is not news. */
  #setLive(live) {
    clearTimeout(this.#liveTimer);
    const write = () => set(this.log, "aria-live", live ? "polite" : "off");
    if (live && this.log.getAttribute("aria-live") === "off") this.#liveTimer = window.setTimeout(write, 1000);
    else write();
  }

  /** Where what was said to the same message begins: advice in an emergency comes before the form that follows it. */
  #beginning({ item, element }, items) {
    const to = item.message?.reply_to;
    for (const [key, { message }] of items) if (to && message?.reply_to === to) return this.#known.get(key).element;
    return element;
  }

  #follow(item, beginning) {
    if (item) this.#reading = item.from === "visitor" ? null : beginning;
    if (this.#atEnd || item?.from === "visitor") this.#toEnd();
    else if (item) show(this.jump, true);
  }

  /** To what is newest; of an answer that is longer than the window, to its beginning. */
  #toEnd() {
    const { scroller } = this;
    this.#atEnd = true;
    scroller.scrollTop = scroller.scrollHeight;
    const beginning = this.#reading ? this.#reading.offsetTop - 8 : Infinity;
    const goesOn = scroller.scrollTop > beginning;
    if (goesOn) scroller.scrollTop = beginning;
    show(this.jump, goesOn);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (clientHeight) this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#atEnd) show(this.jump, false);
  }
}

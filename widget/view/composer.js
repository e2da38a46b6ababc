// @ts-check
/** Where the visitor writes. */
import { fillText, icon, make, set, setText } from "../dom.js";

/** The counter is read out at these numbers only: at every key it would drown the typing. */
const READ_AT = [100, 50, 20, 10, 0, -1];

export class Composer {
  #left = Infinity;

  /** @param {Context} context */
  constructor({ words, conversation }) {
    this.words = words;
    this.conversation = conversation;
    this.input = make("textarea", {
      rows: 1, id: "composer", dir: "auto", enterkeyhint: "send", autocomplete: "off", placeholder: words.placeholder, "aria-describedby": "counter",
      oninput: () => {
        this.#measure();
        conversation.noteTyping(this.input.value.trim() !== "");
      },
      onkeydown: (event) => {
        // Enter also ends the composition of a Japanese or Chinese word; 229 is Safari's way to say so.
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.#submit(event);
      },
    });
    this.button = make("button", { type: "submit", class: "send", "aria-label": words.send, title: words.send }, icon("send"));
    this.counter = make("span", { class: "counter", id: "counter" });
    this.spoken = make("span", { class: "sr", role: "status" });
    this.element = make("form", { class: "composer", novalidate: true, onsubmit: (event) => this.#submit(event) },
      make("label", { class: "sr", for: "composer" }, words.message), this.input, this.button, this.counter, this.spoken);
    this.#measure();
  }

  render() {
    const { draft } = this.conversation;
    if (!draft || this.input.value) return;
    this.conversation.draft = "";
    this.edit(draft);
  }

  /** @param {string} text */
  edit(text) {
    this.input.value = text;
    this.#measure();
  }

  #measure() {
    const { words, input } = this;
    // Counted as the server does: an emoji is one character.
    const left = (this.conversation.config?.max_characters ?? 1000) - [...input.value.trim()].length;
    const sentence = fillText(left < 0 ? words.tooLong : words.left, { n: Math.abs(left) });
    setText(this.counter, left <= READ_AT[0] ? sentence : "");
    if (READ_AT.some((mark) => left <= mark && mark < this.#left)) setText(this.spoken, sentence);
    this.#left = left;
    set(input, "aria-invalid", left < 0 && "true");
    set(this.button, "aria-disabled", String(!this.#sendable));
    input.style.setProperty("height", "auto");
    if (input.scrollHeight) input.style.setProperty("height", `${input.scrollHeight + 2}px`); // 2: the border
  }

  get #sendable() {
    return this.input.value.trim() && this.#left >= 0;
  }

  #submit(event) {
    event.preventDefault();
    if (this.#sendable) {
      this.conversation.say(this.input.value.trim());
      this.edit("");
    }
    this.input.focus();
  }
}

// @ts-check
/** Thumbs for an answer, and a few words with them. A second press takes the thumb back. */
import { button, icon, make, set, setText, show } from "../dom.js";

export class Rating {
  /** @param {Context} context */
  constructor(context, { id: message }) {
    const { words } = context;
    const id = `comment-${message}`;
    this.context = context;
    this.up = this.#thumb(true, words.helpful);
    this.down = this.#thumb(false, words.notHelpful);
    this.told = make("span", { role: "status" });
    this.thumbs = make("span", { class: "thumbs", role: "group", "aria-label": words.rate }, this.up, this.down, this.told);
    this.input = make("input", { id, maxlength: 500, dir: "auto", autocomplete: "off" });
    this.comment = make("form", { class: "comment", hidden: true, "aria-live": "off", onsubmit: (event) => this.#send(event) },
      make("label", { for: id }, words.comment), make("span", { class: "row" }, this.input, make("button", { class: "button" }, words.sendComment)));
  }

  /** @param {Message} message */
  render(message) {
    this.message = message;
    set(this.up, "aria-pressed", String(message.helpful === true));
    set(this.down, "aria-pressed", String(message.helpful === false));
  }

  #thumb(helpful, label) {
    return button(`thumb ${helpful ? "up" : "down"}`, [icon("thumb")], () => {
      const value = this.message.helpful === helpful ? null : helpful;
      show(this.comment, value !== null);
      this.comment.scrollIntoView({ block: "nearest" });
      this.#rate(value);
    }, { "aria-label": label, title: label });
  }

  async #send(event) {
    event.preventDefault();
    const { helpful } = this.message;
    const comment = this.input.value.trim();
    if (comment && !(await this.#rate(helpful, comment))) return;
    this.input.value = "";
    show(this.comment, false);
    (helpful ? this.up : this.down).focus();
  }

  async #rate(helpful, comment = undefined) {
    const { words, conversation } = this.context;
    const told = await conversation.rate(this.message, helpful, comment).then(() => true, () => false);
    setText(this.told, !told ? words.notSentNow : helpful === null ? words.takenBack : words.thanks);
    if (!told && !comment) show(this.comment, false);
    return told;
  }
}

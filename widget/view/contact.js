// @ts-check
/** The form by which a visitor leaves a telephone number or an e-mail address, below the message that asks for it. */
import { make, set, setText } from "../dom.js";

/** Which field each refusal of the server is about. */
const FIELD_OF = { invalid_phone: "phone", invalid_email: "email", phone_or_email: "phone" };

export class ContactForm {
  /** @type {Record<string, {input: HTMLInputElement, error: HTMLElement}>} */
  #fields = {};

  /** @param {Context} context */
  constructor(context, message = "") {
    const { words } = context;
    this.context = context;
    this.message = message;
    this.problem = make("p", { class: "error", role: "alert" });
    this.button = make("button", { class: "button primary" }, words.sendDetails);
    this.element = make("form", { class: "contact", novalidate: true, "aria-label": words.contact, onsubmit: (event) => this.#submit(event) },
      this.#field("name", { autocomplete: "name", maxlength: 100, dir: "auto" }),
      this.#field("phone", { type: "tel", inputmode: "tel", autocomplete: "tel", maxlength: 40, dir: "ltr" }),
      this.#field("email", { type: "email", inputmode: "email", autocomplete: "email", maxlength: 254, dir: "ltr" }),
      make("p", { class: "hint" }, words.phoneOrEmail), this.problem, this.button);
  }

  #field(name, attributes) {
    const id = `${name}-${this.message}`;
    const error = make("p", { class: "error", id: `${id}-error` });
    const input = make("input", { id, name, ...attributes });
    this.#fields[name] = { input, error };
    return make("div", { class: "field" }, make("label", { for: id }, this.context.words[name]), input, error);
  }

  async #submit(event) {
    event.preventDefault();
    if (this.button.ariaDisabled) return;
    this.#complain("", "");
    set(this.button, "aria-disabled", "true");
    const given = Object.entries(this.#fields).map(([name, { input }]) => [name, input.value.trim()]).filter(([, value]) => value);
    try {
      await this.context.conversation.leaveContact(this.message, Object.fromEntries(given));
      this.context.home();
    } catch ({ code, message }) {
      this.#complain(FIELD_OF[code], message || this.context.words.notSentNow);
    }
    set(this.button, "aria-disabled", null);
  }

  /** @param {string | undefined} about A field's name; none for the form as a whole */
  #complain(about, sentence) {
    for (const [name, { input, error }] of Object.entries(this.#fields)) {
      const wrong = name === about;
      setText(error, wrong ? sentence : "");
      set(input, "aria-invalid", wrong && "true");
      set(input, "aria-describedby", wrong && error.id);
      if (wrong) input.focus();
    }
    setText(this.problem, about ? "" : sentence);
  }
}

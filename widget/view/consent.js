// @ts-check
/** What the visitor is asked before anything of theirs is sent. */
import { button, icon, make, set, setText, show } from "../dom.js";
import { linkify, outward } from "../links.js";

export class Consent {
  #shown = "";

  /** @param {Context} context */
  constructor({ words, conversation, close }) {
    this.words = words;
    this.conversation = conversation;
    this.notice = make("p", { class: "notice" });
    this.text = make("div", { class: "consent-text", id: "consent-text" });
    this.error = make("p", { class: "error", role: "alert" });
    this.yes = button("button primary", words.agree, () => this.#agree());
    this.element = make("div", { class: "page consent", role: "group", tabindex: "-1", "aria-labelledby": "consent-title", "aria-describedby": "consent-text" },
      this.notice, make("div", { class: "emblem" }, icon("leaf")), make("h3", { id: "consent-title" }, words.consentTitle), this.text, this.error,
      make("div", { class: "row" }, this.yes, button("button", words.notNow, close)));
  }

  render() {
    const { words } = this;
    const { config, notice } = this.conversation;
    setText(this.notice, notice && words[notice]);
    show(this.notice, notice);
    const shown = JSON.stringify(config?.consent);
    if (!config || this.#shown === shown) return;
    this.#shown = shown;
    const { text, link } = config.consent;
    this.text.replaceChildren(...text.split(/\n+/).map((line) => make("p", { dir: "auto" }, ...linkify(line, config.emergency_number))),
      ...(/^https?:/i.test(link) ? [make("p", {}, make("a", outward(link), words.privacy))] : []));
  }

  async #agree() {
    if (this.yes.ariaDisabled) return;
    set(this.yes, "aria-disabled", "true");
    setText(this.error, "");
    const error = await this.conversation.agree().then(() => null, (reason) => reason);
    if (error) setText(this.error, error.message || this.words.cannotConnect);
    else if (this.conversation.notice) this.element.focus(); // there is another text to read
    set(this.yes, "aria-disabled", null);
  }
}

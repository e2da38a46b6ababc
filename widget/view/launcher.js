// @ts-check
/** The button in the corner, with the number of unread messages. */
import { button, fillText, icon, make, set, setText, show } from "../dom.js";

export class Launcher {
  #unread = 0;

  constructor(/** @type {Words} */ words, toggle) {
    this.words = words;
    this.badge = make("span", { class: "badge", "aria-hidden": "true" });
    this.label = make("span", { class: "sr" });
    this.button = button("launcher", [icon("chat"), icon("close"), make("span", { "aria-hidden": "true" }, words.chat), this.label, this.badge], toggle, { "aria-haspopup": "dialog" });
    this.status = make("div", { class: "sr", role: "status" });
  }

  render(open, unread) {
    const news = unread ? fillText(this.words.unread, { n: unread }) : "";
    set(this.button, "aria-expanded", String(open));
    setText(this.label, open ? this.words.close : [this.words.open, news].filter(Boolean).join(". "));
    setText(this.badge, unread > 99 ? "99+" : String(unread));
    show(this.badge, unread && !open);
    if (unread > this.#unread || open) setText(this.status, open ? "" : news);
    this.#unread = unread;
  }
}

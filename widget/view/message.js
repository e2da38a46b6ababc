// @ts-check
/** One message: drawn once, so that a screen reader does not read it again when a part of it changes. */
import { button, fill, fillText, icon, make, set, setText, show } from "../dom.js";
import { linkify, telephone } from "../links.js";
import { ContactForm } from "./contact.js";
import { Rating } from "./rating.js";

export class MessageView {
  #form;
  #rating;
  #drawn = {};

  /** @param {Context} context */
  constructor(context, item) {
    const { words, times, conversation } = context;
    const { message, text, at } = item;
    const emergency = message?.emergency;
    const number = conversation.config?.emergency_number;
    this.context = context;
    this.said = item.entry?.title;
    this.who = make("p", {}, senderName(words, item));
    const call = emergency && number && make("a", { class: "button danger call", href: telephone(number) }, icon("phone"), make("span", {}, ...fill(words.call, { number: make("bdi", {}, number) })));
    // To call comes first: of advice that is longer than the window, the beginning is in sight.
    this.bubble = make("div", { class: "bubble" }, emergency && make("p", { class: "alarm" }, icon("alert"), words.emergency), call,
      ...text.split(/\n+/).map((line) => make("p", { dir: "auto" }, ...linkify(line, number))));
    this.choices = make("div", { class: "choices", role: "group", "aria-label": words.choices });
    this.status = make("span", { class: "status" });
    // To be found, not to be read out with every message.
    this.meta = make("div", { class: "meta", "aria-live": "off" }, make("time", { datetime: at.toISOString(), title: times.full(at) }, times.time(at)), this.status);
    // An emergency is read out at once, by the panel: not here a second time.
    this.element = make("div", emergency && { "aria-live": "off" } || {}, this.who, this.bubble, this.choices, this.meta);
  }

  update(item) {
    const { message, from, joined, current } = item;
    set(this.element, "class", `message ${from}${joined ? " joined" : ""}${current ? " current" : ""}${message?.emergency ? " emergency" : ""}`);
    set(this.element, "data-id", message?.id);
    set(this.who, "class", joined || from === "visitor" || from === "system" ? "sr" : "who");
    // As what a pressed button is kept, the server says. Drawn anew, it would be read out again.
    if (this.said && message && this.said !== message.text) this.bubble.lastChild.firstChild.data = this.said = message.text;
    if (from === "visitor") this.#showStatus(item);
    this.#showChoices(message ? choicesOf(message, this.context.conversation) : []);
    if (message?.form) this.#showForm(message.id);
    if (from === "bot" && !message.emergency && (message.reply_to || message.answers.length)) this.#showRating(message);
  }

  #changed(part, ...values) {
    const before = this.#drawn[part];
    this.#drawn[part] = JSON.stringify(values);
    return before !== this.#drawn[part];
  }

  #showStatus({ entry, last }) {
    const { words, conversation, edit, say } = this.context;
    const sending = conversation.outbox.sending === entry?.id;
    const state = !entry ? (last ? "sent" : "") : sending ? "sending" : entry.trouble ?? (conversation.connection ? "network" : "sending");
    if (!this.#changed("status", state, entry?.id, entry?.notBefore)) return;
    const wait = Math.max(1, Math.ceil((entry?.notBefore - Date.now()) / 1000));
    const sentence = {
      sent: words.sent, sending: words.sending, network: words.waitingOffline, busy: words.waitingBusy, refused: words.notSent, slow: fillText(words.waitingSlow, { n: wait }),
    }[state];
    const failed = state === "refused";
    const again = button("link", words.tryAgain, () => conversation.outbox.retry(entry.id));
    const change = button("link", words.edit, () => {
      conversation.outbox.drop(entry.id);
      edit(entry.text);
    });
    set(this.element, "data-status", state);
    this.status.replaceChildren(...[
      state && icon(state === "sent" ? "check" : failed ? "alert" : "clock"), sentence,
      failed && make("span", { class: "reason", dir: "auto" }, entry.sentence),
      (failed || state === "busy" || state === "network") && again, failed && entry.text && change,
    ].filter(Boolean));
    if (failed || state === "slow") say([sentence, entry.sentence].filter(Boolean).join(": "));
  }

  #showChoices(choices) {
    const { conversation } = this.context;
    if (!this.#changed("choices", choices, conversation.closed)) return;
    show(this.choices, choices.length);
    this.choices.replaceChildren(...choices.map((choice) =>
      button("choice", choice.title, () => conversation.choose(choice), { dir: "auto", disabled: conversation.closed })));
  }

  #showForm(id) {
    const open = this.context.conversation.openForm === id;
    if (open && !this.#form) {
      this.#form = new ContactForm(this.context, id).element;
      this.meta.before(this.#form);
    } else if (!open) this.#form?.remove();
  }

  #showRating(message) {
    if (!this.#rating) {
      this.#rating = new Rating(this.context, message);
      this.meta.append(this.#rating.thumbs);
      this.meta.after(this.#rating.comment);
    }
    this.#rating.render(message);
  }
}

/** @type {(words: Words, item: {from: Sender, message?: Message}) => string} */
export const senderName = (words, { from, message }) =>
  personName(message?.author) || { visitor: words.you, bot: words.bot, staff: words.team, system: words.note }[from];

/** @type {(person?: Person | null) => string} */
export const personName = (person) => (person ? [person.name, person.role].filter(Boolean).join(", ") : "");

/** The starter questions are the greeting's choices, where it has none of its own. */
function choicesOf(message, { record, config }) {
  const greeting = message.from === "bot" && message.id === record[0]?.id;
  return greeting && !message.choices.length ? config?.starters ?? [] : message.choices;
}

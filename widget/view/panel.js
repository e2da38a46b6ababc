// @ts-check
/** The chat's window: what is always in sight at the top, the page of the moment below. */
import { button, fill, fillText, icon, make, set, setText, show } from "../dom.js";
import { telephone } from "../links.js";
import { Times } from "../times.js";
import { saveText, transcript } from "../transcript.js";
import { Composer } from "./composer.js";
import { confirm } from "./confirm.js";
import { Consent } from "./consent.js";
import { Menu } from "./menu.js";
import { personName } from "./message.js";
import { Messages } from "./messages.js";

/** An assertive region is emptied after this time, in ms: it is not to be found again when the page is read through. */
const SPOKEN = 5000;

export class Panel {
  #mode = "";
  #writing = "";
  #number;

  /**
   * @param {Speech} speech
   * @param {Conversation} conversation
   * @param {() => void} close
   */
  constructor({ words, locale }, conversation, close) {
    this.words = words;
    this.conversation = conversation;
    this.times = new Times(locale);
    /** @type {Context} */
    const context = {
      words, conversation, close, times: this.times, say: (sentence) => setText(this.status, sentence), home: () => this.messages.focus(),
      edit: (text) => {
        this.composer.edit(text);
        this.composer.input.focus();
      },
    };
    this.title = make("h2", { id: "title", dir: "auto" });
    this.subtitle = make("p", { dir: "auto" });
    this.emblem = make("div", {}, icon("leaf"), icon("person"));
    const save = () => saveText(transcript(context));
    const ask = (name) => () => confirm(this.element, context, name, () => this.focus());
    this.menu = new Menu(words, { download: save, end: ask("end"), delete: ask("delete") });
    this.strip = make("p", { class: "strip" });
    this.banner = make("p", { class: "banner", role: "status" });
    this.state = make("p", { class: "state", role: "status" });
    this.status = make("div", { class: "sr", role: "status" });
    this.alert = make("div", { class: "sr", role: "alert" });
    this.consent = new Consent(context);
    this.downText = make("p");
    this.downButton = button("button", words.tryAgain, () => conversation.again());
    this.down = make("div", { class: "page unreached", tabindex: "-1" }, this.downText, this.downButton);
    this.composer = new Composer(context);
    this.messages = new Messages(context);
    this.person = button("button person", [icon("person"), make("span", {}, words.person)], () => conversation.choose({ id: "handoff/person", title: words.person }));
    this.write = make("div", { class: "write" }, this.person, this.composer.element);
    this.ended = make("div", { class: "ended" }, make("p", {}, words.endedHint), make("div", { class: "row" },
      button("button primary", words.startAgain, () => conversation.startAgain()), button("button", words.download, save)));
    this.foot = make("div", { class: "foot" }, this.write, this.ended);
    this.element = make("dialog", {
      class: "panel", "aria-labelledby": "title",
      // The back gesture of a phone.
      oncancel: (event) => {
        event.preventDefault();
        close();
      },
      onpointerdown: (event) => this.menu.open && !this.menu.element.contains(event.target) && this.menu.toggle(false, false),
    },
    make("div", { class: "head" }, this.emblem, make("div", { class: "names" }, this.title, this.subtitle), this.menu.element,
      button("round close", [icon("close")], close, { "aria-label": words.close, title: words.close })),
    this.strip, this.banner, this.state, this.consent.element, this.down, this.messages.element, this.foot, this.status, this.alert);
  }

  render() {
    const { conversation, words } = this;
    const { config, info, consented, closed, connection, down, writing } = conversation;
    const staff = info?.state === "staff" ? info.staff : null;
    const focused = /** @type {ShadowRoot} */ (this.element.getRootNode()).activeElement;
    const inside = this.element.contains(focused);
    const mode = this.#mode;
    setText(this.title, config?.clinic ?? words.chat);
    setText(this.subtitle, personName(staff) || words.assistant);
    set(this.emblem, "class", staff ? "emblem staff" : "emblem");
    this.#renderStrip(config?.emergency_number ?? "");
    setText(this.banner, consented && connection ? words[connection] : "");
    setText(this.state, this.#stateSentence());
    this.consent.render();
    this.messages.render();
    this.composer.render();
    setText(this.downText, down ? words.cannotConnect : words.connecting);
    show(this.downButton, down);
    show(this.menu.element, consented);
    show(this.menu.items.end, !closed);
    show(this.person, info?.state !== "staff" && info?.state !== "waiting");
    this.#setMode(consented ? (closed ? "ended" : "talk") : conversation.fresh ? "consent" : "down");
    // What had the focus may be gone or hidden now: it goes to what has taken its place.
    if (inside && (!focused.getClientRects().length || (mode !== this.#mode && !consented))) this.focus();
    if (writing === this.#writing) return;
    if (writing || this.status.textContent === this.spoken) {
      this.spoken = writing === "staff" ? fillText(words.staffWrites, { name: staff?.name ?? words.team }) : writing && words.botWrites;
      setText(this.status, this.spoken);
    }
    this.#writing = writing;
  }

  show(modal, focus) {
    set(this.element, "aria-modal", modal && "true");
    if (modal) this.element.showModal();
    else this.element.setAttribute("open", ""); // show() would take the focus
    if (focus || modal) this.focus();
  }

  hide() {
    this.menu.toggle(false, false);
    this.element.close();
  }

  focus() {
    // On a touch screen the keyboard would cover the greeting before it was read.
    const composer = matchMedia("(pointer: coarse)").matches ? this.messages : this.composer.input;
    ({ consent: this.consent.element, down: this.down, talk: composer })[this.#mode]?.focus();
    if (this.#mode === "ended") this.messages.focus();
  }

  /** @param {Message} message read out at once */
  alarm({ text }) {
    setText(this.alert, `${this.words.emergency}: ${text}`);
    setTimeout(() => setText(this.alert, ""), SPOKEN);
  }

  #setMode(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    const talk = mode === "talk" || mode === "ended";
    show(this.consent.element, mode === "consent");
    show(this.down, mode === "down");
    show(this.messages.element, talk);
    show(this.foot, talk);
    show(this.write, mode === "talk");
    show(this.ended, mode === "ended");
  }

  #renderStrip(number) {
    if (this.#number === number) return;
    this.#number = number;
    const { noAdvice, inEmergency, inEmergencyLocal } = this.words;
    const link = make("a", { href: telephone(number), class: "tel" }, make("bdi", {}, number));
    this.strip.replaceChildren(noAdvice, " ", make("strong", {}, ...(number ? fill(inEmergency, { number: link }) : [inEmergencyLocal])));
  }

  #stateSentence() {
    const { words } = this;
    const { consented, loaded, info, config } = this.conversation;
    if (consented && !loaded) return words.loading;
    if (info?.state === "staff") return words.withStaff;
    if (info?.state !== "waiting") return "";
    if (config?.open ?? true) return words.waiting;
    return config.opens_at ? fillText(words.waitingUntil, { time: this.times.dayAndTime(new Date(config.opens_at)) }) : words.waitingClosed;
  }
}

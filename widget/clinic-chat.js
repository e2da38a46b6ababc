// @ts-check
/** `<clinic-chat>`: the chat of a clinic's assistant, for any page. */
import { parseColour, readable, textOn } from "./colour.js";
import { make, set } from "./dom.js";
import { SMALL, sheet } from "./style.js";
import { Launcher } from "./view/launcher.js";
import { chooseLanguage, loadSpeech } from "./words.js";

const OPEN = "clinic-chat:open";
/** After the network failed while the chat was loaded, in ms. */
const RETRY = 5000;

export class ClinicChat extends HTMLElement {
  static observedAttributes = ["open", "language", "theme", "position", "server"];

  /** @type {Conversation | null} */
  #conversation = null;
  /** @type {import("./view/panel.js").Panel} */
  #panel;
  /** @type {Launcher} */
  #launcher;
  #root = make("section", {
    // The menu and the questions stop what is theirs.
    onkeydown: (event) => {
      if (event.key !== "Escape" || event.isComposing || !this.#shown) return;
      event.preventDefault();
      this.close();
    },
  });
  #shown = false;
  #modal = false;
  #overflow = null;
  #start = 0;
  #ending = new AbortController();

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
  }

  get unread() {
    return this.#conversation?.unread ?? 0;
  }

  open() {
    set(this, "open", true);
  }

  close() {
    set(this, "open", false);
  }

  async connectedCallback() {
    const start = ++this.#start;
    const page = this.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang;
    const wish = chooseLanguage([this.getAttribute("language"), page, navigator.language]);
    const speech = await loadSpeech(wish);
    if (start !== this.#start) return;
    const { words } = speech;
    this.#launcher = new Launcher(words, () => this.toggleAttribute("open"));
    set(this.#root, "lang", speech.language);
    set(this.#root, "dir", speech.direction);
    set(this.#root, "aria-label", words.chat);
    this.#root.replaceChildren(this.#launcher.button, this.#launcher.status);
    this.#paint();
    this.#launcher.render(false, 0);
    // The button is there at once; what it opens follows.
    try {
      const [{ Conversation }, { Panel }] = await Promise.all([import("./conversation.js"), import("./view/panel.js")]);
      if (start !== this.#start) return;
      this.#conversation = new Conversation(this.getAttribute("server") || new URL(import.meta.url).origin, wish);
      this.#panel = new Panel(speech, this.#conversation, () => this.close());
    } catch {
      if (start === this.#start) setTimeout(() => start === this.#start && this.connectedCallback(), RETRY);
      return;
    }
    this.#launcher.button.before(this.#panel.element);
    this.#listen(this.#conversation);
    // On the next page of the site the conversation goes on, where there is room for both.
    if (inSession((storage) => storage.getItem(OPEN)) && !matchMedia(SMALL).matches) this.open();
    this.#render();
    this.#tell("ready");
  }

  #listen(conversation) {
    this.#ending = new AbortController();
    const on = (target, name, listener) => target?.addEventListener(name, listener, { signal: this.#ending.signal });
    on(conversation, "change", () => this.#render());
    on(conversation, "message", ({ detail }) => this.#hear(detail));
    on(conversation, "state", ({ detail }) => this.#tell("state", { state: detail.state }));
    on(conversation, "reset", ({ detail }) => this.#tell("reset", { reason: detail }));
    on(matchMedia("(prefers-color-scheme: dark)"), "change", () => this.#paint());
    on(matchMedia(SMALL), "change", () => this.#fit());
    on(visualViewport, "resize", () => this.#measure());
    on(visualViewport, "scroll", () => this.#measure());
    on(document, "visibilitychange", () => this.#render());
  }

  disconnectedCallback() {
    this.#start++;
    if (this.#shown) this.#hide();
    this.#ending.abort();
    this.#conversation?.stop();
    this.#conversation = null;
    this.#root.replaceChildren();
  }

  attributeChangedCallback(name) {
    if (!this.#launcher) return;
    if (name === "open") this.#render();
    else if (name === "theme" || name === "position") this.#paint();
    else {
      this.disconnectedCallback();
      this.connectedCallback();
    }
  }

  #render() {
    const conversation = this.#conversation;
    if (!conversation) return;
    const open = this.hasAttribute("open");
    if (open && document.visibilityState === "visible" && conversation.loaded) conversation.see();
    if (open) conversation.loadConfig();
    this.#panel.render();
    this.#launcher.render(open, conversation.unread);
    if (open && !this.#shown) this.#show();
    else if (!open && this.#shown) this.#hide();
  }

  #show() {
    this.#shown = true;
    this.#paint(); // the site's colours may have changed
    // Opened by the page, it does not take the visitor's focus.
    this.#place(navigator.userActivation?.isActive ?? this.shadowRoot.activeElement !== null);
    inSession((storage) => storage.setItem(OPEN, "1"));
    this.#tell("open");
  }

  #hide() {
    const inside = this.#panel.element.contains(this.shadowRoot.activeElement);
    this.#shown = false;
    this.#panel.hide();
    this.#lockPage(false);
    if (inside) this.#launcher.button.focus();
    inSession((storage) => storage.removeItem(OPEN));
    this.#tell("close");
  }

  #place(focus) {
    this.#modal = matchMedia(SMALL).matches;
    this.#panel.show(this.#modal, focus);
    this.#lockPage(this.#modal);
    this.#measure();
  }

  #fit() {
    if (!this.#shown || matchMedia(SMALL).matches === this.#modal) return;
    const focused = /** @type {HTMLElement | null} */ (this.shadowRoot.activeElement);
    this.#panel.element.close();
    this.#place(false);
    focused?.focus();
  }

  #lockPage(lock) {
    const { style } = document.documentElement;
    if (lock === (this.#overflow !== null)) return;
    const before = this.#overflow;
    this.#overflow = lock ? style.overflow : null;
    style.setProperty("overflow", lock ? "hidden" : before);
  }

  /** What a phone's keyboard leaves of the screen. Pinching makes that small as well, and must not squeeze the chat. */
  #measure() {
    const { scale, offsetTop, height } = visualViewport ?? { scale: 2 };
    const pinched = scale > 1.01;
    this.#root.style.setProperty("--top", pinched ? "0px" : `${offsetTop}px`);
    this.#root.style.setProperty("--height", pinched ? "100dvh" : `${height}px`);
  }

  #paint() {
    const theme = this.getAttribute("theme");
    const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    const position = this.getAttribute("position") ?? "";
    set(this.#root, "class", `root ${dark ? "dark" : ""} ${/^(left|right)$/.test(position) ? position : ""}`);
    const style = getComputedStyle(this.#root);
    const [accent, ...surfaces] = ["--accent", "--surface", "--ground"].map((name) => parseColour(style.getPropertyValue(name)));
    this.#root.style.setProperty("--on-accent", textOn(accent));
    this.#root.style.setProperty("--accent-text", readable(accent, surfaces));
  }

  /** @param {Message} message */
  #hear(message) {
    this.#tell("message", { from: message.from });
    if (!message.emergency || document.visibilityState !== "visible") return;
    this.open(); // closed a moment after writing: this must be seen
    this.#panel.alarm(message);
  }

  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`clinic-chat:${name}`, { detail, bubbles: true, composed: true }));
  }
}

/** Storage may be forbidden: then the chat is closed on the next page. */
function inSession(task) {
  try {
    return task(sessionStorage);
  } catch {
    return null;
  }
}

if (!customElements.get("clinic-chat")) customElements.define("clinic-chat", ClinicChat);

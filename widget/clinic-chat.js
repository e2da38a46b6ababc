// @ts-check
/**
 * `<clinic-chat>`: the chat of a clinic's assistant, for any page. It imports nothing before it runs, and then in two steps: what the button
 * needs, and what the button opens. A module's own imports would each be a step more.
 */

const OPEN = "clinic-chat:open";
/** After the network failed while the chat was loaded, in ms. */
const RETRY = 5000;
const LANGUAGES = ["en", "es", "fr", "de", "pt", "ar"];
const TAG = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i;
/** Whatever those named first import as well. */
const REST = "conversation view/panel colour api outbox store tabs links times transcript view/composer view/confirm view/consent view/contact view/menu view/message view/messages view/rating";

export class ClinicChat extends HTMLElement {
  static observedAttributes = ["open", "language", "theme", "position", "server"];

  /** @type {Conversation | null} */
  #conversation = null;
  /** @type {import("./view/panel.js").Panel} */
  #panel;
  /** @type {import("./view/launcher.js").Launcher} */
  #launcher;
  /** @type {typeof import("./colour.js") | undefined} */
  #colour;
  /** @type {MediaQueryList} */
  #small;
  #root = document.createElement("section");
  #shown = false;
  #asked = false; // the visitor has opened it, not the page
  #modal = false;
  #overflow = null;
  #start = 0;
  #ending = new AbortController();

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).append(this.#root);
    // The menu and the questions stop what is theirs.
    this.#root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || !this.#shown) return;
      event.preventDefault();
      this.close();
    });
  }

  get unread() {
    return this.#conversation?.unread ?? 0;
  }

  open() {
    this.toggleAttribute("open", true);
  }

  close() {
    this.toggleAttribute("open", false);
  }

  async connectedCallback() {
    const start = ++this.#start;
    const page = this.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang;
    const wish = [this.getAttribute("language"), page, navigator.language].find((tag) => TAG.test(tag ?? "")) ?? "en";
    try {
      const [speech, { Launcher }, { SMALL, sheet }] = await Promise.all([loadSpeech(wish), import("./view/launcher.js"), import("./style.js"), import("./dom.js")]);
      if (start !== this.#start) return;
      if (!this.#root.firstChild) {
        this.shadowRoot.adoptedStyleSheets = [sheet];
        this.#small = matchMedia(SMALL);
        this.#launcher = new Launcher(speech.words, () => this.toggleAttribute("open"));
        this.#root.lang = speech.language;
        this.#root.dir = speech.direction;
        this.#root.setAttribute("aria-label", speech.words.chat);
        this.#root.append(this.#launcher.button, this.#launcher.status);
        this.#paint();
        this.#launcher.render(false, 0);
      }
      if (!document.hidden) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))); // the button is seen first
      const [{ Conversation }, { Panel }, colour] = await Promise.all(REST.split(" ").map((name) => import(`./${name}.js`)));
      if (start !== this.#start) return;
      this.#colour = colour;
      this.#resume();
      this.#conversation = new Conversation(this.getAttribute("server") || new URL(import.meta.url).origin, wish);
      this.#panel = new Panel(speech, this.#conversation, () => this.close());
    } catch {
      setTimeout(() => start === this.#start && this.connectedCallback(), RETRY);
      return;
    }
    this.#paint();
    this.#launcher.button.before(this.#panel.element);
    this.#listen(this.#conversation);
    this.#tell("ready");
    this.#render();
  }

  /** On the next page of the site the conversation goes on, where there is room for both. */
  #resume() {
    if (this.hasAttribute("open") || this.#small.matches || !inSession((storage) => storage.getItem(OPEN))) return;
    this.open();
    this.#asked = false; // a press on the last page may still count as the visitor's
  }

  #listen(conversation) {
    this.#ending = new AbortController();
    const on = (target, name, listener) => target.addEventListener(name, listener, { signal: this.#ending.signal });
    on(conversation, "change", () => this.#render());
    on(conversation, "message", ({ detail }) => this.#hear(detail));
    on(conversation, "state", ({ detail }) => this.#tell("state", { state: detail.state }));
    on(conversation, "reset", ({ detail }) => this.#tell("reset", { reason: detail }));
    on(matchMedia("(prefers-color-scheme: dark)"), "change", () => this.#paint());
    on(this.#small, "change", () => this.#fit());
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
    if (!this.isConnected || !this.#start) return; // it has not begun
    if (name === "open") {
      this.#asked = navigator.userActivation.isActive;
      this.#render();
    }
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
    this.#place(this.#asked); // opened by the page, it does not take the visitor's focus
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
    this.#modal = this.#small.matches;
    this.#panel.show(this.#modal, focus);
    this.#lockPage(this.#modal);
    this.#measure();
  }

  #fit() {
    if (!this.#shown || this.#small.matches === this.#modal) return;
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
    const { scale, offsetTop, height } = visualViewport;
    const pinched = scale > 1.01;
    this.#root.style.setProperty("--top", pinched ? "0px" : `${offsetTop}px`);
    this.#root.style.setProperty("--height", pinched ? "100dvh" : `${height}px`);
  }

  #paint() {
    const theme = this.getAttribute("theme");
    const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    const position = this.getAttribute("position") ?? "";
    this.#root.className = `root ${dark ? "dark" : ""} ${/^(left|right)$/.test(position) ? position : ""}`;
    if (!this.#colour) return; // the sheet's own until then
    const { parseColour, readable, textOn } = this.#colour;
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

/**
 * @param {string} wish
 * @returns {Promise<Speech>} English where there are no words in the wished language
 */
async function loadSpeech(wish) {
  const primary = wish.toLowerCase().split("-")[0];
  const language = LANGUAGES.includes(primary) ? primary : "en";
  const { default: words } = await import(`./words/${language}.js`);
  return { words, language, locale: language === primary ? wish : language, direction: language === "ar" ? "rtl" : "ltr" };
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

// @ts-check
/** One visitor's conversation: its record, its queue and its connection. Views draw what they find here and call its methods. */
import { Api, ApiError, backoff } from "./api.js";
import { Outbox } from "./outbox.js";
import { Store } from "./store.js";
import { Tabs } from "./tabs.js";

// In ms.
const CONFIG_AGE = 300_000;
const UNNOTICED = 3000; // a short break of the line is nobody's concern
const IDLE = 60_000;
const TYPING_EVERY = 3000;
const TYPING_PAUSE = 5000;
const TYPING_LONGEST = 20_000; // where its end was lost

/** Events: `change` when something is to be drawn, `message` for a new one of the other side, `state`, `reset` when all of it is over here. */
export class Conversation extends EventTarget {
  /** @type {Config | null} */
  config = null;
  /** It is of this visit: consent may be asked with it. */
  fresh = false;
  down = false;
  /** @type {Info | null} */
  info = null;
  /** @type {Message[]} in the server's order */
  record = [];
  loaded = false;
  /** @type {keyof Words | ""} why consent is asked (again) */
  notice = "";
  /** Written but not sent when the conversation expired. */
  draft = "";
  /** @type {"" | "bot" | "staff"} */
  typing = "";

  #configAt = 0;
  #configLoading = false;
  /** What an earlier conversation still brings is dropped. */
  #round = 0;
  /** @type {ReturnType<Api["follow"]> | null} */
  #line = null;
  #offline = false;
  #lost = false;
  #lostTimer = 0;
  #idleTimer = 0;
  #typingTimer = 0;
  #toldTyping = 0;
  #typingPause = 0;
  #drawing = false;
  #seen = "0";
  #wakers = new Set();
  #ending = new AbortController();

  /**
   * @param {string} server
   * @param {string} language
   */
  constructor(server, language) {
    super();
    this.language = language;
    this.api = new Api(server);
    this.store = new Store(server);
    this.tabs = new Tabs(`clinic-chat:${server}`, (told) => this.#hear(told));
    this.outbox = new Outbox(this.store, this.tabs, (entry) => this.#send(entry), () => this.#changed());
    this.config = this.store.get("config");
    const on = (target, name, listener) => target.addEventListener(name, listener, { signal: this.#ending.signal });
    on(window, "online", () => this.again());
    on(window, "offline", () => this.#changed());
    // No line in the back/forward cache.
    on(window, "pagehide", () => this.#hangUp());
    on(window, "pageshow", (event) => event.persisted && this.#adopt());
    on(window, "storage", () => this.#changed());
    // A tab that nobody looks at gives its line back: over HTTP/1.1 a browser has six for all its tabs.
    on(document, "visibilitychange", () => {
      clearTimeout(this.#idleTimer);
      if (document.hidden) this.#idleTimer = window.setTimeout(() => this.#hangUp(), IDLE);
      else this.#wakeUp();
    });
    this.#adopt();
  }

  stop() {
    this.#round++;
    this.#hangUp();
    this.#ending.abort();
    this.outbox.stopped = true;
    this.tabs.close();
  }

  get consented() {
    return this.api.token !== "";
  }

  get closed() {
    return this.info?.state === "closed";
  }

  get connection() {
    return this.#offline || !navigator.onLine ? "offline" : this.#lost ? "reconnecting" : "";
  }

  get #stored() {
    return this.store.get("token") ?? "";
  }

  /** Not in the record yet, whichever of the answer and the event comes first. */
  get pending() {
    const known = new Set(this.record.map((message) => message.client_id));
    return this.outbox.list().filter((entry) => !known.has(entry.id));
  }

  get unread() {
    return this.record.filter((message) => message.from !== "visitor" && compareIds(message.id, this.#seen) > 0).length;
  }

  get writing() {
    return this.typing || (this.outbox.sending && this.info?.state !== "staff" && !this.closed ? "bot" : "");
  }

  /** The newest form that was not filled in. */
  get openForm() {
    const form = this.record.filter((message) => message.form).pop()?.id;
    return form === this.store.get("form") ? "" : form;
  }

  /** Tries until there is one; an old one does while there is no new one. */
  async loadConfig() {
    if (this.#configLoading || (this.fresh && Date.now() - this.#configAt < CONFIG_AGE)) return;
    this.#configLoading = true;
    for (let failures = 0; !this.#ending.signal.aborted; failures++) {
      const error = await this.#fetchConfig().then(() => null, (reason) => reason);
      if (!error || this.fresh) break;
      this.down = true;
      this.#changed();
      await this.#pause(error, failures);
    }
    this.#configAt = Date.now();
    this.#configLoading = false;
  }

  async agree() {
    await this.tabs.alone(async () => {
      if (this.#stored) return this.#adopt(); // agreed in another tab
      try {
        const begun = await this.api.request("POST", "/chat/conversations", { consent: this.config.consent.version, language: this.language });
        this.store.set("token", begun.token);
        this.tabs.tell({ kind: "token", token: begun.token });
        this.#adopt(begun.token, begun);
      } catch (error) {
        if (error.code !== "consent_required") throw error;
        this.notice = "consentChanged";
        await this.#fetchConfig();
      }
    });
  }

  /** @param {string} text */
  say(text) {
    this.noteTyping(false);
    this.outbox.add({ text });
  }

  /** @param {Choice} choice */
  choose({ id, title }) {
    if (this.pending.some((entry) => entry.choice === id && entry.trouble !== "refused")) return; // pressed twice
    this.outbox.add({ choice: id, title });
  }

  /** Tries everything now. */
  again() {
    this.#offline = false;
    this.#wakeUp();
    this.outbox.hurry();
    this.#line?.again();
    this.#changed();
  }

  /**
   * @param {Message} message
   * @param {boolean | null} helpful
   * @param {string} [comment]
   */
  async rate(message, helpful, comment) {
    const show = (value) => this.#tellAll([{ ...message, helpful: value ?? undefined }]);
    show(helpful);
    try {
      await this.#request("POST", "/chat/feedback", { message: message.id, helpful, comment });
      show(helpful); // a tab that read the record meanwhile read it without
    } catch (error) {
      show(message.helpful);
      throw error;
    }
  }

  /**
   * @param {string} form The message that has the form
   * @param {Record<string, string>} details
   */
  async leaveContact(form, details) {
    const answer = await this.#request("POST", "/chat/contact", details);
    this.store.set("form", form);
    this.#take(answer);
  }

  async end() {
    this.#take(await this.#request("POST", "/chat/end"));
  }

  async delete() {
    await this.#request("DELETE", "/chat/conversation").catch((error) => {
      if (!error.gone) throw error;
    });
    this.#reset("deleted");
  }

  startAgain() {
    this.#reset("");
  }

  /** The visitor sees the newest messages now. */
  see() {
    const newest = this.record.at(-1)?.id ?? "0";
    if (compareIds(newest, this.#seen) <= 0) return;
    this.#seen = newest;
    this.store.set("seen", newest);
    this.tabs.tell({ kind: "seen", seen: newest });
    this.#changed();
  }

  /** @param {boolean} active */
  noteTyping(active) {
    clearTimeout(this.#typingPause);
    if (active && (this.connection || !/staff|waiting/.test(this.info?.state))) return; // nobody would see it
    if (active) this.#typingPause = window.setTimeout(() => this.noteTyping(false), TYPING_PAUSE);
    if (active ? Date.now() - this.#toldTyping < TYPING_EVERY : !this.#toldTyping) return;
    this.#toldTyping = active ? Date.now() : 0;
    this.#request("POST", "/chat/typing", { typing: active }).catch(() => {}); // nothing depends on it
  }

  /** Takes a token, and reads the record unless it came with it. */
  #adopt(token = this.#stored, begun = null) {
    this.#hangUp();
    if (token !== this.api.token) {
      this.record = [];
      this.info = null;
      this.loaded = false;
      this.typing = "";
      this.#toldTyping = 0;
    }
    this.api.token = token;
    this.#seen = this.store.get("seen") ?? "0";
    this.#round++;
    this.#changed();
    if (!token) return;
    this.notice = "";
    this.#load(begun);
    this.outbox.flush();
  }

  async #load(answer) {
    const round = this.#round;
    this.loaded ||= Boolean(answer); // a greeting is news, a record is not
    for (let failures = 0; !answer; failures++) {
      const error = await this.#request("GET", "/chat/messages").then((got) => void (answer = got), (reason) => reason);
      if (round === this.#round && error && !error.gone) await this.#pause(error, failures);
      if (round !== this.#round || error?.gone) return;
    }
    this.#receive(answer.messages); // the other tabs have it, and perhaps newer: a thumb that is on its way
    this.#setInfo(answer.conversation);
    this.loaded = true;
    this.#line = this.api.follow(this.record.at(-1)?.id ?? "", {
      opened: () => this.#connection(null),
      lost: (error) => {
        if (error.gone) this.#gone(error);
        else this.#connection(error);
      },
      event: (name, data) => {
        if (name === "message") this.#receive([data]);
        else if (name === "state") this.#setInfo(data);
        else if (name === "typing") this.#setTyping(data.typing ? data.from : "");
        else if (name === "gone") this.#reset("deleted");
      },
    });
  }

  #hangUp() {
    this.#line?.stop();
    this.#line = null;
    clearTimeout(this.#lostTimer);
    this.#lostTimer = 0;
    this.#lost = false;
  }

  /** After sleep. */
  #wakeUp() {
    for (const wake of this.#wakers) wake();
    if (this.#stored !== this.api.token || (this.loaded && !this.#line)) this.#adopt();
    else if (this.#lost) this.#line?.again();
  }

  async #send({ id, text = undefined, choice = undefined }) {
    const round = this.#round;
    const answer = await this.#request("POST", "/chat/messages", { id, text, choice });
    if (round === this.#round) this.#take({ ...answer, messages: [answer.message, ...answer.messages] });
  }

  async #request(method, path, body = undefined) {
    const { token } = this.api;
    try {
      const answer = await this.api.request(method, path, body);
      this.#offline = false;
      return answer;
    } catch (error) {
      if (error.gone && token === this.api.token) this.#gone(error);
      if (!error.status) {
        this.#offline = true;
        this.#changed();
      }
      if (error.code === "conversation_closed" && this.info) this.#setInfo({ ...this.info, state: "closed" });
      throw error;
    }
  }

  #gone(error) {
    if (this.#stored !== this.api.token) this.#adopt(); // another tab has begun anew
    else this.#reset(error.status === 410 ? "deleted" : "expired");
  }

  async #fetchConfig() {
    this.config = await this.api.request("GET", `/chat/config?language=${this.language}`);
    this.fresh = true;
    this.down = this.#offline = false;
    this.store.set("config", this.config); // the emergency number is known when the server is not
    this.#changed();
  }

  #take({ messages, conversation }) {
    this.#tellAll(messages);
    this.#setInfo(conversation);
  }

  #tellAll(messages) {
    this.#receive(messages);
    this.tabs.tell({ kind: "messages", token: this.api.token, messages });
  }

  #receive(messages) {
    const known = new Map(this.record.map((message) => [message.id, message]));
    const news = messages.filter((message) => this.loaded && message.from !== "visitor" && !known.has(message.id));
    for (const message of messages) known.set(message.id, message);
    this.record = [...known.values()].sort((a, b) => compareIds(a.id, b.id));
    for (const message of news) {
      if (this.typing === message.from) this.#setTyping("");
      this.#emit("message", message);
    }
    this.#changed();
  }

  #setInfo(info) {
    const before = this.info?.state;
    this.info = info;
    this.#changed();
    if (before === info.state) return;
    this.#setTyping("");
    this.#emit("state", info);
    if (info.state !== "waiting") return;
    this.#configAt = 0; // is anybody there now?
    this.loadConfig();
  }

  #setTyping(who) {
    clearTimeout(this.#typingTimer);
    if (who) this.#typingTimer = window.setTimeout(() => this.#setTyping(""), TYPING_LONGEST);
    this.typing = who;
    this.#changed();
  }

  #connection(error) {
    const settle = () => {
      this.#lost = Boolean(error);
      this.#offline = error?.status === 0;
      this.#changed();
    };
    if (error) {
      this.#lostTimer ||= window.setTimeout(settle, UNNOTICED);
      return;
    }
    clearTimeout(this.#lostTimer);
    this.#lostTimer = 0;
    settle();
  }

  #hear(told) {
    if (told.kind === "messages" && told.token === this.api.token) this.#receive(told.messages);
    else if (told.kind === "outbox") this.outbox.flush(); // sent even when the other tab is closed now
    else if (told.kind === "token") this.#adopt(told.token); // what is stored may come later than what is told
    else if (told.kind === "seen") this.#seen = told.seen;
    else if (told.kind === "reset") this.#forget(told.reason);
    this.#changed();
  }

  #reset(reason) {
    this.draft = reason === "expired" ? this.pending.map((entry) => entry.text ?? "").join("\n").trim() : "";
    for (const name of ["token", "seen", "form"]) this.store.remove(name);
    this.outbox.clear();
    this.tabs.tell({ kind: "reset", reason });
    this.#forget(reason);
  }

  #forget(reason) {
    if (!this.consented) return;
    this.#adopt("");
    this.notice = reason;
    this.#configAt = 0;
    this.loadConfig();
    this.#emit("reset", reason);
  }

  #pause(error, failures) {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakers.delete(wake);
        resolve(null);
      };
      this.#wakers.add(wake);
      setTimeout(wake, Math.max(error.retryAfter, backoff(failures)));
    });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Five changes in one task are drawn once. */
  #changed() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#emit("change");
    });
  }
}

/** Ids have up to 18 digits: more than a JavaScript number holds. */
const compareIds = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

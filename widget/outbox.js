// @ts-check
/** What the visitor said and the server has not confirmed: kept over a reload, sent once, in order, by one tab. */
import { backoff } from "./api.js";

/** One message that breaks the server must not hold up the others for ever. */
const TRIES = 6;
/** In ms; another tab may have been closed while it sent. */
const MINUTE = 60_000;

export class Outbox {
  #running = false;
  #again = false;
  #wake = () => {};
  /** The id of what this tab sends now. */
  sending = "";
  stopped = false;

  /**
   * @param {import("./store.js").Store} store
   * @param {import("./tabs.js").Tabs} tabs
   * @param {(entry: Entry) => Promise<void>} send When it resolves, the message is in the record
   * @param {() => void} changed
   */
  constructor(store, tabs, send, changed) {
    this.store = store;
    this.tabs = tabs;
    this.send = send;
    this.changed = changed;
  }

  /** @returns {Entry[]} in the order in which they were written */
  list() {
    return this.store.names("out:").map((name) => this.store.get(name)).filter(Boolean).sort((a, b) => a.at - b.at);
  }

  /** @param {{text: string} | {choice: string, title: string}} said */
  add(said) {
    const at = Math.max(Date.now(), (this.list().pop()?.at ?? 0) + 1);
    this.#put({ ...said, id: uuid(), at, tries: 0, notBefore: 0 });
    this.flush();
  }

  /** @param {string} id */
  retry(id) {
    const entry = this.store.get(`out:${id}`);
    if (!entry) return;
    const { trouble, sentence, ...kept } = entry;
    if (trouble === "refused") {
      // The server may remember the old id.
      this.drop(id);
      kept.id = uuid();
    }
    this.#put({ ...kept, tries: 0, notBefore: 0 });
    this.flush();
  }

  /** @param {string} id */
  drop(id) {
    this.store.remove(`out:${id}`);
    this.#tell();
  }

  clear() {
    for (const name of this.store.names("out:")) this.store.remove(name);
  }

  /** The network is back. */
  hurry() {
    for (const entry of this.list()) if (entry.trouble === "network") this.#put({ ...entry, notBefore: 0 });
    this.flush();
  }

  async flush() {
    this.#again = true;
    this.#wake();
    if (this.#running) return;
    this.#running = true;
    while (this.#again && !this.stopped) {
      this.#again = false;
      const wait = await this.tabs.alone(() => this.#sendNext());
      if (wait === null || this.#again) continue;
      this.#again = true;
      await new Promise((resolve) => {
        this.#wake = () => resolve(null);
        setTimeout(this.#wake, Math.min(wait, MINUTE));
      });
    }
    this.#running = false;
  }

  /** @returns {Promise<number | null>} ms until the next try; null when there is nothing to send */
  async #sendNext() {
    const entry = this.list().find(({ trouble }) => trouble !== "refused");
    if (!entry) return null;
    const wait = entry.notBefore - Date.now();
    if (wait > 0) return wait;
    if (!navigator.onLine) {
      if (entry.trouble !== "network") this.#put({ ...entry, trouble: "network" });
      return MINUTE;
    }
    this.sending = entry.id;
    this.changed();
    const error = await this.send(entry).then(() => null, (reason) => reason);
    this.sending = "";
    if (!error) this.store.remove(`out:${entry.id}`);
    // Else the conversation was deleted meanwhile.
    else if (this.store.get(`out:${entry.id}`)) this.store.set(`out:${entry.id}`, afterFailure(entry, error));
    this.#tell();
    return 0;
  }

  /** @param {Entry} entry */
  #put(entry) {
    this.store.set(`out:${entry.id}`, entry);
    this.#tell();
  }

  #tell() {
    this.tabs.tell({ kind: "outbox" });
    this.changed();
  }
}

/** @type {(entry: Entry, error: ApiError) => Entry} */
function afterFailure(entry, { status, passing, message, retryAfter }) {
  const tries = entry.tries + 1;
  if (!passing || (status === 500 && tries >= TRIES)) return { ...entry, tries, trouble: "refused", sentence: message };
  return { ...entry, tries, trouble: status === 429 ? "slow" : status ? "busy" : "network", notBefore: Date.now() + (retryAfter || backoff(tries)) };
}

/** `randomUUID` is missing on pages without https. */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80; // the variant of RFC 9562
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

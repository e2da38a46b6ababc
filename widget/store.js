// @ts-check
/**
 * What outlives a page. Each queued message has an entry of its own, so that tabs never overwrite each other. The record is not kept: who sits
 * here next should not find it.
 */

export class Store {
  /** @type {Record<string, any>} where storage is forbidden */
  #memory = {};

  /** @param {string} server */
  constructor(server) {
    this.prefix = `clinic-chat:${server}:`;
  }

  /** @param {string} name */
  get(name) {
    return JSON.parse(this.#memory[this.prefix + name] ?? this.#place()[this.prefix + name] ?? "null");
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    const text = JSON.stringify(value);
    try {
      this.#place()[this.prefix + name] = text;
    } catch {
      this.#memory[this.prefix + name] = text;
    }
  }

  /** @param {string} name */
  remove(name) {
    delete this.#memory[this.prefix + name];
    delete this.#place()[this.prefix + name];
  }

  /** @param {string} start */
  names(start) {
    return Object.keys({ ...this.#memory, ...this.#place() }).filter((key) => key.startsWith(this.prefix + start)).map((key) => key.slice(this.prefix.length));
  }

  /** @returns {any} */
  #place() {
    try {
      return localStorage ?? this.#memory;
    } catch {
      return this.#memory;
    }
  }
}

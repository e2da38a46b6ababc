// @ts-check
/** The front desk's HTTP interface for visitors. Nothing here knows what is shown. */

/** For an answer, in ms. */
const PATIENCE = 30_000;
/** The server sends something every 15 s: after so many ms without, the line is dead. */
const SILENCE = 40_000;

export class ApiError extends Error {
  /** `status` is 0 where no answer came; `message` is for the visitor; `retryAfter` in ms. */
  constructor(status, code = "", message = "", retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** The token opens nothing any more. */
  get gone() {
    return this.status === 401 || this.status === 410;
  }

  /** The same may succeed later. */
  get passing() {
    return !this.status || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  token = "";

  /** @param {string} server The front desk's address */
  constructor(server) {
    this.server = server.replace(/\/+$/, "");
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   * @throws {ApiError}
   */
  async request(method, path, body) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const response = await this.#fetch(method, path, abort.signal, body && { "Content-Type": "application/json" }, body);
      return response.status === 204 ? null : await response.json();
    } catch (error) {
      throw asApiError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Follows the conversation; not by EventSource, which cannot send the Authorization header.
   * @param {string} lastId What came after it is replayed
   * @param {{opened: () => void, lost: (error: ApiError) => void, event: (name: string, data: any) => void}} listeners
   */
  follow(lastId, listeners) {
    let stopped = false;
    let hurry = false;
    let failures = 0;
    let abort;
    let wake = () => {};
    const parser = new EventParser((name, data, id) => {
      lastId = id || lastId;
      if (!stopped) listeners.event(name, data);
    });

    const once = async () => {
      abort = new AbortController();
      let watchdog;
      const watch = () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE);
      };
      watch();
      try {
        const response = await this.#fetch("GET", "/chat/events", abort.signal, { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) });
        listeners.opened();
        parser.reset();
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          failures = 0;
          watch();
          parser.push(decoder.decode(value, { stream: true }));
        }
      } finally {
        clearTimeout(watchdog);
      }
    };

    (async () => {
      while (!stopped) {
        const error = await once().then(() => new ApiError(503), asApiError);
        if (stopped) return;
        stopped = error.gone;
        if (!hurry) {
          listeners.lost(error);
          await new Promise((resolve) => {
            wake = () => resolve(null);
            setTimeout(wake, Math.max(error.retryAfter, parser.retry, backoff(failures++)));
          });
        }
        hurry = false;
      }
    })();

    return {
      stop() {
        stopped = true;
        abort.abort();
        wake();
      },
      again() {
        hurry = true;
        failures = 0;
        abort.abort();
        wake();
      },
    };
  }

  async #fetch(method, path, signal, headers = {}, body = undefined) {
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const response = await fetch(this.server + path, { method, headers, signal, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit" });
    if (response.ok) return response;
    const { error } = await response.json().catch(() => ({})); // a proxy's error page is not JSON
    throw new ApiError(response.status, error?.code, error?.message, retryAfter(response.headers.get("Retry-After")));
  }
}

/** From one second to thirty, half of it at random: after an outage not all visitors come back in the same moment. */
export const backoff = (/** @type {number} */ failures) => Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);

/** @param {string | null} header Seconds, or a date */
function retryAfter(header) {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return wait > 0 ? wait : 0;
}

const asApiError = (error) => (error instanceof ApiError ? error : new ApiError(0));

/** By the HTML standard, section 9.2.6. */
export class EventParser {
  /** The server's wish for the pause before connecting again, in ms. */
  retry = 0;

  /** @param {(name: string, data: any, id: string) => void} listener */
  constructor(listener) {
    this.listener = listener;
    this.reset();
  }

  reset() {
    this.rest = this.name = this.id = this.data = "";
  }

  /** @param {string} text Any piece: a line, even a CRLF, may end in the next */
  push(text) {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    for (const line of lines) this.#take(line);
  }

  #take(line) {
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (!line) this.#dispatch();
    else if (field === "data") this.data += `${value}\n`;
    else if (field === "event") this.name = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
  }

  #dispatch() {
    const { name, data, id } = this;
    this.name = this.data = "";
    if (!data) return;
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      return; // one spoilt event must not end the stream
    }
    this.listener(name || "message", value, id);
  }
}

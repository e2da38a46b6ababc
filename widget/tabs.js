// @ts-check
/** Several tabs with the same chat: they tell each other what happened, and one at a time sends. */

export class Tabs {
  /**
   * @param {string} name
   * @param {(message: any) => void} listener
   */
  constructor(name, listener) {
    this.name = name;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (event) => listener(event.data);
  }

  /** @param {object} message */
  tell(message) {
    this.channel.postMessage(message);
  }

  /**
   * Runs `task` while no other tab runs one. Without locks (plain http) a message may be sent twice with one id: the server takes it once.
   * @param {() => Promise<any>} task
   */
  async alone(task) {
    let begun = false;
    try {
      return await navigator.locks.request(this.name, () => {
        begun = true;
        return task();
      });
    } catch (error) {
      if (begun) throw error;
      return task();
    }
  }

  close() {
    this.channel.close();
    this.tell = () => {};
  }
}

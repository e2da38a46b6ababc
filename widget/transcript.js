// @ts-check
/** The conversation as a text to keep. */
import { make } from "./dom.js";
import { senderName } from "./view/message.js";

/** @param {Context} context */
export function transcript({ conversation, words, times }) {
  const said = conversation.record.map((message) => `${times.full(new Date(message.sent_at))}\n${senderName(words, { from: message.from, message })}:\n${message.text}\n`);
  return [conversation.config?.clinic ?? words.chat, "", ...said].join("\n");
}

/** @param {string} text */
export function saveText(text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const day = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10); // here, not in Greenwich
  make("a", { href, download: `chat-${day}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // Safari still reads it after the click
}

// @ts-check
/** A question before something that cannot be undone. */
import { button, make, set, setText } from "../dom.js";

/**
 * @param {HTMLElement} parent
 * @param {Context} context
 * @param {"end" | "delete"} name Of the words, and of the conversation's method
 * @param {() => void} home Focuses what there is, where the button that led here is gone
 */
export function confirm(parent, { words, conversation }, name, home) {
  const before = /** @type {ShadowRoot} */ (parent.getRootNode()).activeElement;
  const error = make("p", { class: "error", role: "alert" });
  const go = button("button danger", words[name], async () => {
    if (go.ariaDisabled) return;
    set(go, "aria-disabled", "true");
    try {
      await conversation[name]();
      dialog.close();
    } catch ({ message }) {
      setText(error, message || words.notSentNow);
    }
    set(go, "aria-disabled", null);
  });
  const dialog = make("dialog", {
    class: "confirm", role: "alertdialog", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text",
    onkeydown: (event) => event.stopPropagation(), // Escape closes this one and not the chat as well
    onclose: () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.getClientRects().length) before.focus();
      else home();
    },
  }, make("h3", { id: "confirm-title" }, words[`${name}Title`]), make("p", { id: "confirm-text" }, words[`${name}Text`]), error,
  // The harmless one is first, and has the focus.
  make("div", { class: "row" }, button("button", words.back, () => dialog.close(), { autofocus: true }), go));
  parent.append(dialog);
  dialog.showModal();
}

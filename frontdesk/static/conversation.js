// A conversation that one has: sending without leaving the page, canned replies, who is typing. Without scripts, forms do the same.
const TELL_EVERY = 3000; // milliseconds between two words that staff are typing
const GONE_AFTER = 6000; // milliseconds after which a visitor who was typing counts as having stopped

const form = document.getElementById("reply");
const visitor = document.getElementById("visitor-typing");
let stopped = 0;

document.addEventListener("visitor-typing", event => {
  clearTimeout(stopped);
  visitor.textContent = event.detail ? "The visitor is typing …" : "";
  if (event.detail) stopped = setTimeout(() => (visitor.textContent = ""), GONE_AFTER);
});

if (form) {
  const text = form.elements.text;
  let told = 0;

  text.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  text.addEventListener("input", () => {
    if (Date.now() - told > TELL_EVERY) tell(text.value !== "");
  });
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const said = text.value;
    const body = new FormData(form);
    text.value = "";
    try {
      const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      if (!response.ok) throw new Error(response.status);
      tell(false);
    } catch {
      text.value = said; // nothing that was written is lost
      visitor.textContent = "That could not be sent. Please try again.";
    }
    text.focus();
  });

  for (const button of document.querySelectorAll(".canned button")) {
    button.addEventListener("click", () => {
      text.setRangeText(button.dataset.text, text.selectionStart, text.selectionEnd, "end");
      text.focus();
    });
  }
  document.getElementById("canned-search")?.addEventListener("input", event => {
    const sought = event.target.value.toLowerCase();
    for (const button of document.querySelectorAll(".canned button")) {
      button.parentElement.hidden = !(button.textContent + button.dataset.text).toLowerCase().includes(sought);
    }
  });

  function tell(isTyping) {
    told = Date.now();
    const body = new URLSearchParams({ typing: isTyping ? "yes" : "no", csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    fetch(form.dataset.typing, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
  }
}

// A conversation that one has: sending without leaving the page, canned replies, who is typing. Without scripts, forms do the same.
const TELL_EVERY = 3000; // milliseconds between two words that staff are typing
const GONE_AFTER = 6000; // milliseconds after which a visitor who was typing counts as having stopped

const form = document.getElementById("reply");
const visitor = document.getElementById("visitor-typing");
const begun = `reply ${location.pathname}`;
let stopped = 0;

document.addEventListener("visitor-typing", event => {
  clearTimeout(stopped);
  visitor.textContent = event.detail ? "The visitor is typing …" : "";
  if (event.detail) stopped = setTimeout(() => (visitor.textContent = ""), GONE_AFTER);
});

// A note, or whatever else is sent from this page, leads to it again: a reply that was begun waits for that long.
document.addEventListener("submit", event => {
  if (form?.elements.text.value && event.target !== form) sessionStorage.setItem(begun, form.elements.text.value);
});

if (form) {
  const text = form.elements.text;
  let told = 0;
  text.value ||= sessionStorage.getItem(begun) ?? "";

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
    visitor.textContent = "";
    const problem = await send(body);
    if (problem) {
      text.value = said; // nothing that was written is lost
      visitor.textContent = problem;
    } else tell(false);
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

  // Says what went wrong, if something did. The answer is the page that the form leads to: where it has a reply form, all is well.
  async function send(body) {
    try {
      const headers = { "X-Look": "again" }; // the page that comes back is this one, and no further view of it
      const response = await fetch(form.action, { method: "POST", body, headers, credentials: "same-origin" });
      if (!response.ok) throw new Error(response.status);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const told = page.querySelector(".notice")?.textContent;
      if (told || page.getElementById("reply")) return told ?? "";
      return "That was not sent: you are signed out. Copy what you wrote, then sign in again.";
    } catch {
      return "That could not be sent. Please try again.";
    }
  }

  function tell(isTyping) {
    told = Date.now();
    const body = new URLSearchParams({ typing: isTyping ? "yes" : "no", csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    fetch(form.dataset.typing, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
  }
}
sessionStorage.removeItem(begun);

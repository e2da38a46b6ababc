// Keeps a release's page as far as the release is, while it is checked or goes live. Without scripts there is a link that looks again.
const EVERY = 1000; // milliseconds
const ENDED = "release-ended"; // kept for one load of the page: then whoever waited is led to what came of it

const said = document.getElementById("progress-said");
let step = stepOf(document);

if (sessionStorage.getItem(ENDED)) {
  sessionStorage.removeItem(ENDED);
  document.getElementById("outcome")?.focus();
}
if (document.getElementById("progress") && said) setTimeout(look, EVERY);

async function look() {
  const shown = document.getElementById("progress");
  try {
    const response = await fetch(shown.dataset.progress, { credentials: "same-origin" });
    if (response.redirected) return location.reload(); // the session has ended
    if (response.ok) {
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      if (fresh.getElementById("progress").dataset.state !== shown.dataset.state) return end();
      const now = stepOf(fresh);
      shown.replaceChildren(...fresh.getElementById("progress").childNodes);
      if (now !== step) said.textContent = step = now; // a screen reader is told of steps, not of every message that was asked
    }
  } catch {
    // The front desk may be starting anew: the next look comes soon.
  }
  setTimeout(look, EVERY);
}

function end() {
  sessionStorage.setItem(ENDED, "yes");
  location.reload();
}

function stepOf(page) {
  return page.querySelector("#progress [data-said]")?.textContent ?? "";
}

// Keeps what a page shows as the record has it: asks for the page again and takes over the parts marked data-live. Without it, the page is read as it was sent.
const EVERY = 2000; // milliseconds

async function look() {
  if (document.visibilityState === "visible") {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (response.ok && !response.redirected) take(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // The next look comes soon.
    }
  }
  setTimeout(look, EVERY);
}

function take(fresh) {
  document.title = fresh.title;
  const parts = document.querySelectorAll("[data-live]");
  fresh.querySelectorAll("[data-live]").forEach((part, place) => {
    const old = parts[place];
    // What somebody has unfolded, or stands on with the keyboard, stays.
    if (old && old.textContent !== part.textContent && !old.contains(document.activeElement) && !old.querySelector("details[open]")) {
      old.replaceChildren(...part.childNodes);
    }
  });
}

setTimeout(look, EVERY);

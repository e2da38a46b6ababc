// Keeps an open page as the record has it: told of a change by the server, it asks for itself again and takes over the parts marked
// data-live. Without scripts the page is read as it was sent.
const AGAIN = 15000; // milliseconds, should a call have been lost
const SETTLE = 120; // milliseconds in which several changes become one look

const stream = document.querySelector("[data-live]:not([data-live=''])").dataset.live;
let pending = 0;
let known = waiting(document);

const events = new EventSource(stream);
events.addEventListener("changed", soon);
events.addEventListener("typing", event => document.dispatchEvent(new CustomEvent("visitor-typing", { detail: JSON.parse(event.data) })));
setInterval(soon, AGAIN);
for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
if (document.getElementById("reply")) toLastSaid();

function soon() {
  clearTimeout(pending);
  pending = setTimeout(look, SETTLE);
}

async function look() {
  try {
    const response = await fetch(location.href, { credentials: "same-origin", headers: { "X-Look": "again" } });
    if (response.redirected) return location.reload(); // the session has ended
    if (response.ok) take(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The next look comes soon.
  }
}

function take(fresh) {
  document.title = fresh.title;
  const parts = document.querySelectorAll("[data-live]");
  fresh.querySelectorAll("[data-live]").forEach((part, place) => {
    const old = parts[place];
    if (!old || old.textContent === part.textContent) return;
    const focused = old.contains(document.activeElement) && placeOf(document.activeElement);
    const unfolded = [...old.querySelectorAll("details[open]")].map(one => one.closest("[id]")?.id);
    const atEnd = innerHeight + scrollY > document.body.scrollHeight - 80;
    renew(old, part);
    for (const id of unfolded) if (id) document.querySelector(`#${id} details`)?.setAttribute("open", "");
    if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
    if (old.id === "record" && (atEnd || document.activeElement?.closest("#reply"))) toLastSaid();
  });
  const now = waiting(document);
  const news = [...now].filter(one => !known.has(one));
  if (news.length) call(news);
  known = now;
}

// What is the same stays: who is about to press it presses it, and who has the focus keeps it.
function renew(old, fresh) {
  const next = [...fresh.childNodes];
  const isAnother = ["id", "href", "action"].some(name => old.getAttribute?.(name) !== fresh.getAttribute?.(name));
  if (old.nodeName !== fresh.nodeName || old.childNodes.length !== next.length || isAnother) return old.replaceWith(fresh);
  if (old.nodeType === Node.TEXT_NODE && old.data !== fresh.data) old.data = fresh.data;
  for (const { name, value } of fresh.attributes ?? []) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...(old.attributes ?? [])]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  [...old.childNodes].forEach((child, place) => renew(child, next[place]));
}

// A selector for the same link, button or summary in a part that was fetched again.
function placeOf(element) {
  if (element.matches("a")) return `a[href="${element.getAttribute("href")}"]`;
  if (element.form) return `form[action="${element.form.getAttribute("action")}"] button`;
  return `#${element.closest("[id]")?.id} ${element.localName}`;
}

// What was said last, above the reply that stays in sight: on opening, and for whoever has read so far or is writing.
function toLastSaid() {
  document.querySelector(".record > li:last-child")?.scrollIntoView({ block: "nearest" });
}

function waiting(page) {
  return new Set((page.querySelector("[data-waiting]")?.dataset.waiting ?? "").split(" ").filter(Boolean));
}

// Sound and notification for who has begun to wait, or was given to one by a colleague: only where somebody wants them, and without a visitor's word.
const wants = { sound: document.getElementById("sound"), notify: document.getElementById("notify") };
for (const [name, box] of Object.entries(wants)) {
  if (!box) continue;
  box.checked = localStorage.getItem(`desk-${name}`) === "yes" && (name !== "notify" || globalThis.Notification?.permission === "granted");
  box.addEventListener("change", async () => {
    if (name === "notify" && box.checked && (await globalThis.Notification?.requestPermission()) !== "granted") box.checked = false;
    localStorage.setItem(`desk-${name}`, box.checked ? "yes" : "no");
    if (name === "sound" && box.checked) beep();
  });
}

function call(news) {
  if (wants.sound?.checked) beep();
  if (wants.notify?.checked) {
    const said = news.some(one => one.endsWith(":emergency")) ? "Emergency: a visitor needs a person"
      : news.every(one => one.endsWith(":mine")) ? "A conversation is with you now" : "A visitor needs a person";
    new Notification(said, { tag: "desk" }).onclick = () => focus();
  }
}

function beep() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.connect(volume).connect(context.destination);
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
  tone.start();
  tone.stop(context.currentTime + 0.4);
}

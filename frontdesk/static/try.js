// Tries messages without leaving the page, waits for a draft that is being prepared, and lists what was tried, until the page is left.
const EVERY = 1500; // milliseconds between two looks at how far the draft is
const MOST = 10; // messages in the list

const form = document.getElementById("try");
const field = document.getElementById("text");
const answers = document.getElementById("answers");
const draft = document.getElementById("draft");
const said = document.getElementById("said");
const history = document.getElementById("history");
const rows = history.querySelector("tbody");
let asking = null;
let waits = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  tryIt(field.value);
});
history.addEventListener("click", (event) => {
  const again = event.target.closest("[data-again]");
  if (!again) return;
  field.value = again.textContent;
  field.focus();
  tryIt(field.value);
});
answers.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-keep]")) return;
  event.preventDefault();
  keep(event.target);
});
if (answers.firstElementChild) shown();
watch();

async function tryIt(text) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const body = new FormData(form);
  body.set("text", text);
  body.set("part", "answers");
  answers.firstElementChild?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(location.pathname, { method: "POST", body, credentials: "same-origin", signal: mine.signal });
    if (response.redirected) return location.reload(); // the session has ended
    if (!response.ok && response.status !== 422) throw new Error();
    show(answers, await response.text());
  } catch {
    if (mine.signal.aborted) return; // another was tried meanwhile
    const problem = document.createElement("p");
    problem.className = "card error";
    problem.setAttribute("role", "alert");
    problem.textContent = form.dataset.unreached;
    answers.replaceChildren(problem);
    return;
  }
  shown();
  if (document.activeElement === field) field.select();
}

function shown() {
  const tried = answers.querySelector(".tried");
  if (!tried) return;
  said.textContent = `“${tried.dataset.text}”. ${plain(tried.querySelector("[data-verdict]").textContent)}`;
  const row = document.importNode(tried.querySelector("[data-row]").content, true).querySelector("tr");
  for (const old of rows.children) if (textOf(old) === textOf(row)) old.remove();
  rows.prepend(row);
  while (rows.children.length > MOST) rows.lastElementChild.remove();
  history.hidden = false;
  if (stateOf(draft) !== tried.dataset.draft) look();
}

function watch() {
  clearTimeout(waits);
  for (const link of draft.querySelectorAll("[data-without-script]")) link.hidden = true;
  if (stateOf(draft) === "waiting") waits = setTimeout(look, EVERY);
}

async function look() {
  try {
    const response = await fetch(`${location.pathname}?part=draft`, { credentials: "same-origin" });
    if (response.redirected) return location.reload();
    if (response.ok) {
      const before = stateOf(draft);
      const fresh = parsed(await response.text());
      if (stateOf(fresh) !== before) draft.replaceChildren(...fresh.childNodes);
      const waited = answers.querySelector(".tried[data-draft=waiting]");
      if (stateOf(draft) !== "waiting" && waited) await tryIt(waited.dataset.text);
    }
  } catch {
    // The front desk may be starting anew: the next look comes soon.
  }
  watch();
}

async function keep(keeping) {
  const body = new FormData(keeping);
  body.set("part", "kept");
  const place = keeping.parentElement;
  try {
    const response = await fetch(keeping.action, { method: "POST", body, credentials: "same-origin" });
    if (response.redirected) return location.reload();
    const fresh = parsed(await response.text());
    keeping.replaceWith(...fresh.childNodes);
    place.querySelector("[data-kept], [name=question]").focus();
  } catch {
    keeping.submit();
  }
}

function show(place, html) {
  place.replaceChildren(...parsed(html).childNodes);
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

function stateOf(place) {
  return place.querySelector("[data-state]")?.dataset.state ?? "";
}

function textOf(row) {
  return row.querySelector("[data-again]").textContent;
}

function plain(text) {
  return text.trim().replace(/\s+/g, " ");
}

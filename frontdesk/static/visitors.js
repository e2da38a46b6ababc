// Visitors' messages without a mouse. Every key does what a button on the page does, and all of them can be switched off.
const form = document.getElementById("visitors");
const KEYS = "visitors-keys", PLACE = "visitors-place"; // kept in this browser: whether keys are on; and in this tab: where one was
const boxes = form ? [...form.querySelectorAll(".line .mark input")] : [];

if (form) {
  const help = form.querySelector(".keys-line");
  const keys = form.querySelector(".keys-switch");
  const bulk = form.querySelector(".everywhere");
  const told = document.getElementById("selected");

  help.hidden = false;
  if (kept(localStorage, KEYS) === "off") turn(false);
  keys.addEventListener("click", () => turn(keys.getAttribute("aria-pressed") !== "true"));

  const acts = {
    j: () => go(1),
    k: () => go(-1),
    ArrowDown: () => go(1),
    ArrowUp: () => go(-1),
    x: () => current()?.click(),
    g: group,
    a: () => act("accept"),
    o: () => act("out"),
    d: () => act("dismiss"),
    e: edit,
  };

  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && writes(event.target)) return current(event.target)?.focus();
    if (event.key === "Enter" && event.target.matches(".acts input, .everywhere input")) {
      event.preventDefault(); // the button beside it, not the form's first one
      return event.target.closest(".acts, .everywhere").querySelector("button").click();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (keys.getAttribute("aria-pressed") !== "true" || !acts[event.key]) return;
    if (event.key.startsWith("Arrow") && !event.target.matches(".line .mark input")) return; // elsewhere they scroll
    event.preventDefault();
    acts[event.key]();
  });

  let last = null;
  form.addEventListener("click", event => {
    if (!event.target.matches(".line .mark input")) return;
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = event.target.checked;
    }
    last = event.target;
    tell();
  });
  form.addEventListener("input", event => {
    if (!event.target.matches(".edit textarea")) return;
    event.target.closest(".line").querySelector(".words").textContent = event.target.value;
  });
  form.addEventListener("submit", event => {
    // What is left moves up to where the first of those stood that are decided now.
    const scope = event.submitter?.closest(".group") ?? form;
    keep(sessionStorage, PLACE, String(boxes.indexOf(scope.querySelector(".mark :checked") ?? scope.querySelector(".mark input"))));
    for (const text of form.querySelectorAll(".edit textarea")) text.disabled = text.value === text.defaultValue && !text.closest("[open]");
  });
  window.addEventListener("pageshow", () => {
    for (const text of form.querySelectorAll(".edit textarea")) text.disabled = false; // a browser that goes back
    tell();
  });

  const place = kept(sessionStorage, PLACE);
  drop(sessionStorage, PLACE);
  if (place !== null && boxes.length) boxes[Math.min(Math.max(Number(place), 0), boxes.length - 1)].focus();
  const problem = document.querySelector(".problem");
  if (problem) {
    const refused = form.querySelector(".line:has(.mark :checked) .clean") ?? form.querySelector(".clean");
    (refused?.closest(".edit").querySelector("textarea") ?? boxes[0])?.focus();
  }
  tell();

  function turn(on) {
    keys.setAttribute("aria-pressed", String(on));
    help.classList.toggle("keys-off", !on);
    keep(localStorage, KEYS, on ? "on" : "off");
  }

  function current(element = document.activeElement) {
    return element?.closest(".line")?.querySelector(".mark input");
  }

  function go(by) {
    const place = boxes.indexOf(current());
    const there = boxes[Math.min(Math.max(place < 0 ? 0 : place + by, 0), boxes.length - 1)];
    there?.focus();
    there?.closest(".line").scrollIntoView({ block: "nearest" });
  }

  // All lines of the group, or none if all are selected.
  function group() {
    const own = [...(current()?.closest(".group").querySelectorAll(".mark input") ?? [])];
    const all = own.every(box => box.checked);
    for (const box of own) box.checked = !all;
    tell();
  }

  function edit() {
    const details = current()?.closest(".line").querySelector(".edit");
    if (!details) return;
    details.open = true;
    details.querySelector("textarea").focus();
  }

  // With those that are selected; if none is, with the one that has the focus.
  function act(what) {
    let chosen = boxes.filter(box => box.checked);
    if (!chosen.length) {
      if (!current()) return go(0);
      current().checked = true;
      chosen = [current()];
      tell();
    }
    const groups = new Set(chosen.map(box => box.closest(".group")));
    const scope = groups.size === 1 ? [...groups][0] : bulk;
    const question = scope.querySelector("[name^=question-]");
    if (what === "accept" && !question.value.trim()) return question.focus();
    scope.querySelector(`button[value^=${what}]`)?.click();
  }

  function tell() {
    const count = boxes.filter(box => box.checked).length;
    told.textContent = count ? `${count} selected` : "";
    const groups = form.querySelectorAll(".group:has(.mark :checked)").length;
    bulk.hidden = groups < 2; // of one group, its own buttons do it
    for (const one of form.querySelectorAll(".group")) {
      const own = one.querySelectorAll(".mark :checked").length;
      const which = one.querySelector(".which");
      which.textContent = own ? ` ${own} selected` : which.dataset.all;
    }
  }
}

function writes(element) {
  return element.matches("textarea, select, input:not([type=checkbox])");
}

// A browser may forbid a page to keep anything.
function kept(store, name) {
  try { return store.getItem(name); } catch { return null; }
}

function keep(store, name, value) {
  try { store.setItem(name, value); } catch { return; }
}

function drop(store, name) {
  try { store.removeItem(name); } catch { return; }
}

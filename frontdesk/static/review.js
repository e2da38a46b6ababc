// Review without a mouse, in the list and in a conversation. Every key does what a link or a button on the page does.
const rows = [...document.querySelectorAll(".conversations > li")];
const keys = document.getElementById("keys");
for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
for (const button of document.querySelectorAll(".keys-button")) button.addEventListener("click", () => keys.showModal());

const inList = {
  j: () => go(1),
  k: () => go(-1),
  x: () => box(current())?.click(),
  t: () => withMarked(form => form.elements.tag.focus()),
  r: () => withMarked(form => form.requestSubmit(form.querySelector("[value=reviewed]"))),
  "/": () => document.querySelector("[name=q]").focus(),
};
const inConversation = {
  j: () => follow("next"),
  k: () => follow("previous"),
  u: () => follow("up"),
  r: () => press("#reviewed button"),
  f: () => press("#flag button"),
  t: () => document.querySelector("#tag [name=tag]").focus(),
  n: () => document.querySelector("#note textarea").focus(),
  c: correctNext,
};
const acts = document.getElementById("filter") ? inList : inConversation;

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && writes(event.target)) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || keys.open) return;
  const act = event.key === "?" ? () => keys.showModal() : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

function writes(element) {
  return element.matches("textarea, select, input:not([type=checkbox])");
}

// The list: the row that has the focus is the current one; after a form was sent, the one that the address names.
function current() {
  return document.activeElement?.closest(".conversations > li") ?? document.querySelector(".conversations > li:target");
}

function go(by) {
  const place = rows.indexOf(current());
  const there = place < 0 ? 0 : place + by;
  rows[Math.min(Math.max(there, 0), rows.length - 1)]?.querySelector(".what a").focus();
}

function box(row) {
  return row?.querySelector(".mark input");
}

function withMarked(act) {
  const form = document.getElementById("selected");
  if (!form) return;
  if (!rows.some(row => box(row).checked) && current()) box(current()).click();
  act(form);
}

function tell() {
  const count = rows.filter(row => box(row).checked).length;
  for (const row of rows) row.classList.toggle("is-marked", box(row).checked);
  const told = document.getElementById("marked");
  told.dataset.none ??= told.textContent;
  told.textContent = count ? `${count} marked` : told.dataset.none;
}

if (rows.length) {
  let last = null;
  document.getElementById("selected").addEventListener("click", event => {
    if (event.target.type !== "checkbox") return;
    const row = event.target.closest("li");
    if (event.shiftKey && last) {
      const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((a, b) => a - b);
      for (const between of rows.slice(from, to + 1)) box(between).checked = event.target.checked;
    }
    last = row;
    tell();
  });
  document.querySelector(".bulk [name=tag]").addEventListener("keydown", event => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("[value=tag]"));
  });
  tell(); // a browser that goes back has kept the marks
}

// A conversation.
function follow(id) {
  document.getElementById(id)?.click();
}

function press(selector) {
  document.querySelector(selector)?.click();
}

function correctNext() {
  const all = [...document.querySelectorAll(".correct")];
  const place = all.findIndex(one => one.contains(document.activeElement));
  const next = all[(place + 1) % all.length];
  if (!next) return;
  next.open = true;
  next.querySelector("[name=question]").focus();
}

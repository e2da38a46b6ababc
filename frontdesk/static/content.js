// What makes questions and answers quicker to edit. Without scripts every form does the same, a page at a time.
for (const element of document.querySelectorAll("[data-without-script]")) element.hidden = true;

// Topics: a list beside the questions, and a field to choose from where there is no room for a list.
const goesTo = document.querySelector("[data-goes-to]");
if (goesTo) {
  goesTo.closest("label").hidden = false;
  goesTo.closest("nav").classList.add("can-choose");
  goesTo.addEventListener("change", () => {
    location.hash = goesTo.value || "#main";
  });
}

// Examples are chosen one by one, all that are shown, or from one to another with Shift, by mouse and by keyboard.
const list = document.querySelector("[data-choosable]");
if (list) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const all = document.querySelector("[data-all]");
  const count = document.querySelector("[data-count]");
  const said = count.textContent;
  let last = boxes[0];
  all.closest("label").hidden = false;

  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen ? `${chosen} chosen` : said;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  const choose = (from, to, is) => {
    const [first, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
    for (const box of boxes.slice(first, end + 1)) box.checked = is;
  };
  list.addEventListener("click", (event) => {
    if (!boxes.includes(event.target)) return;
    if (event.shiftKey) choose(last, event.target, event.target.checked);
    last = event.target;
    show();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !boxes.includes(event.target)) return;
    event.preventDefault();
    const next = boxes[boxes.indexOf(event.target) + step];
    if (!next) return;
    if (event.shiftKey) choose(event.target, next, true);
    last = next;
    next.focus();
    show();
  });
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  list.addEventListener("toggle", (event) => {
    if (event.target.open) event.target.querySelector("input[name=after]").focus();
  }, true);
  show();
}

// An answer as a visitor sees it, while it is typed.
const form = document.querySelector(".answer-form");
const settings = form ? JSON.parse(form.dataset.settings) : {};
for (const wording of form?.querySelectorAll(".wording") ?? []) {
  wording.addEventListener("input", (event) => {
    if (event.target.matches("[data-finds-facts]")) findFacts(wording, event.target.value);
    else preview(wording);
  });
  preview(wording);
  wording.querySelector(".find-facts").hidden = false;
}

function preview(wording) {
  const text = wording.querySelector("[data-previewed]").value;
  const paragraphs = text.split("\n").filter((line) => line.trim()).map((line) => make("p", { dir: "auto" }, ...filled(line)));
  const titles = [...wording.querySelectorAll("[name=button_title]:not([type=hidden])")].map((input) => input.value.trim()).filter(Boolean);
  const bubble = make("div", { class: "bubble" }, ...(paragraphs.length ? paragraphs : [make("p", { class: "hint" }, "Nothing yet")]));
  const buttons = make("ul", { class: "choices-shown", "aria-label": "Buttons" }, ...titles.map((title) => make("li", {}, make("span", {}, title))));
  wording.querySelector("[data-preview]").replaceChildren(make("div", { class: "said" }, bubble, ...(titles.length ? [buttons] : [])));
}

function filled(line) {
  return line.split(/(\{\w+\})/).map((part) => {
    const name = part.match(/^\{(\w+)\}$/)?.[1];
    if (!name) return part;
    const isSet = Object.hasOwn(settings, name);
    return make("span", isSet ? { class: "setting" } : { class: "setting unset", title: "Not set by the clinic" }, isSet ? settings[name] : name.replaceAll("_", " "));
  });
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function findFacts(wording, sought) {
  const words = plain(sought).split(/\s+/).filter(Boolean);
  for (const group of wording.querySelectorAll(".fact-group")) {
    let found = 0;
    for (const choice of group.querySelectorAll(".choice")) {
      choice.hidden = !words.every((word) => plain(choice.textContent).includes(word));
      found += !choice.hidden;
    }
    group.hidden = !found;
    if (words.length && found) group.open = true;
  }
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// The short name of a new question follows its title, as on the server.
const named = document.querySelector("[data-named]");
document.querySelector("[data-titles]")?.addEventListener("input", (event) => {
  named.placeholder = plain(event.target.value).replace(/[^a-z0-9]+/g, "_").replace(/^[0-9_]+/, "").slice(0, 50).replace(/_+$/, "");
});

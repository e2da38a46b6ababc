// What makes the settings quicker to fill in. Without scripts every form does the same, with an empty row to add hours in and a button to preview.
const SETTLE = 400; // milliseconds without a change, after which a preview is asked for

// Whom visitors call, as soon as a country is chosen.
const country = document.getElementById("id_country");
country?.addEventListener("change", () => {
  const { emergency, crisis } = country.selectedOptions[0].dataset;
  document.querySelector("[data-number=emergency]").textContent = emergency || "none known";
  document.querySelector("[data-number=crisis]").textContent = crisis || "none known";
});

// Hours of a week: empty rows come when they are asked for.
const days = [...document.querySelectorAll(".weekday")];
const MOST = 4; // as the form on the server

for (const day of days) {
  const spans = day.querySelector(".spans");
  const add = day.querySelector("[data-add]");
  spans.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-clear]");
    if (!clear) return;
    const row = clear.closest(".span");
    for (const input of row.querySelectorAll("input")) input.value = "";
    show(day);
    add.focus();
  });
  add.addEventListener("click", () => {
    const row = empty(day)[0] ?? spans.insertBefore(blank(day), day.querySelector(".shut"));
    row.dataset.wanted = "";
    show(day);
    row.querySelector("input").focus();
  });
  for (const button of day.querySelectorAll("[data-clear]")) button.hidden = false;
  show(day);
}

const copyMonday = document.querySelector("[data-copy-monday]");
if (copyMonday) {
  copyMonday.hidden = false;
  copyMonday.addEventListener("click", () => {
    const monday = rows(days[0]).map(values).filter(([opens, closes]) => opens || closes);
    for (const day of days.slice(1, 5)) {
      for (const row of rows(day).slice(1)) row.remove();
      monday.forEach((value, place) => {
        const row = rows(day)[place] ?? day.querySelector(".spans").insertBefore(blank(day), day.querySelector(".shut"));
        row.querySelectorAll("input").forEach((input, which) => (input.value = value[which]));
      });
      if (!monday.length) for (const input of day.querySelectorAll("input")) input.value = "";
      show(day);
    }
  });
}

function rows(day) {
  return [...day.querySelectorAll(".span")];
}

function values(row) {
  return [...row.querySelectorAll("input")].map((input) => input.value);
}

function empty(day) {
  return rows(day).filter((row) => values(row).every((value) => !value));
}

function blank(day) {
  const row = rows(day)[0].cloneNode(true);
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  row.querySelector(".error")?.remove();
  row.classList.remove("wrong");
  return row;
}

function show(day) {
  for (const row of rows(day)) {
    const isEmpty = values(row).every((value) => !value);
    row.hidden = isEmpty && !("wanted" in row.dataset);
    if (!isEmpty) row.dataset.wanted = "";
  }
  for (const row of empty(day)) if (row.hidden) delete row.dataset.wanted;
  const shown = rows(day).filter((row) => !row.hidden);
  day.querySelector(".shut").hidden = shown.length > 0;
  day.querySelector("[data-add]").hidden = shown.length >= MOST;
}

// A preview that follows what is chosen: the page's answer to the form's own button, of which the marked parts are taken over.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const button = form.querySelector("[name=preview]");
  button.hidden = true;
  let pending = 0;
  let asked = 0;
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(async () => {
      const place = ++asked;
      const body = new FormData(form);
      body.set("preview", "yes");
      try {
        const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
        if (!response.ok || response.redirected || place !== asked) return;
        take(new DOMParser().parseFromString(await response.text(), "text/html"));
      } catch {
        // The button to save tells what is wrong.
      }
    }, SETTLE);
  });
}

function take(fresh) {
  const parts = fresh.querySelectorAll("[data-part]");
  document.querySelectorAll("[data-part]").forEach((part, place) => {
    const now = parts[place];
    if (!now || now.innerHTML === part.innerHTML) return;
    if (part.localName === "textarea") part.value = now.value;
    part.replaceChildren(...now.childNodes);
  });
}

// Notes beside what an editor types: under each field, as `content/guidance/…` says them. What is typed is never changed unless asked for.
// A place for notes is [data-guidance="example"] or [data-guidance="answer"], next to its field, which may be marked [data-guide]. On the
// place, the field or around both: data-guidance-url, data-key. Without scripts the same is said once the form is sent.
const SETTLE = 400; // milliseconds without a change, after which notes are asked for
const AT_ONCE = 32; // lines that are looked at in one request
const MOST_LINES = 128;
const SAID = 3; // sentences that are read out; the others are there to be read
const FAILED = "Notes on this could not be looked up just now. You can go on: what is wrong is said when you save.";
const NOTHING = "No notes any more.";
const MARKS = { stop: "Must be changed", warn: "Look at this", hint: "Hint" };

export function guide(root = document) {
  for (const place of root.querySelectorAll("[data-guidance]")) {
    const field = fieldOf(place);
    const url = setting(place, field, "guidanceUrl");
    if (!field || !url || place.dataset.guided !== undefined) continue;
    place.dataset.guided = "";
    new Guidance(place, field, url, setting(place, field, "key") ?? "").begin();
  }
}

class Guidance {
  #asked = new AbortController();
  #pending = 0;
  #said = ""; // what was read out last
  #failed = false;

  constructor(place, field, url, key) {
    Object.assign(this, { place, field, url, key, isAnswer: place.dataset.guidance === "answer" });
    this.live = document.createElement("p");
    this.live.className = "unseen";
    this.live.setAttribute("role", "status");
    this.list = document.createElement("div");
    this.list.id = `guidance-${(guide.count = (guide.count ?? 0) + 1)}`;
    this.list.className = "guidance";
    place.append(this.list, this.live);
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", described ? `${described} ${this.list.id}` : this.list.id);
  }

  begin() {
    this.field.addEventListener("input", () => this.soon());
    if (this.isAnswer) {
      this.around = this.field.closest("fieldset") ?? this.field.form ?? document;
      this.around.addEventListener("change", (event) => event.target.name === "facts" && this.soon());
    }
    if (this.field.value.trim() || (!this.isAnswer && this.key && this.field.localName === "textarea")) this.soon();
  }

  soon() {
    clearTimeout(this.#pending);
    this.#pending = setTimeout(() => this.look(), SETTLE);
  }

  async look() {
    this.#asked.abort();
    const { signal } = (this.#asked = new AbortController());
    try {
      await (this.isAnswer ? this.lookAtAnswer(signal) : this.lookAtExamples(signal));
      this.#failed = false;
    } catch (error) {
      if (error.name !== "AbortError" && !signal.aborted) this.fail();
    }
  }

  async lookAtAnswer(signal) {
    const text = this.field.value;
    if (!text.trim()) return this.show([]);
    const facts = [...this.around.querySelectorAll("input[name=facts]:checked")].map((box) => box.value);
    const buttons = [...this.around.querySelectorAll("input[name=button_title]")].filter((one) => one.type !== "hidden" && one.value.trim()).length;
    const request = { key: this.key, text, facts, buttons };
    const first = await this.post(request, signal);
    this.show([{ notes: first.notes }], first.measure);
    if (!first.links.length) return;
    const second = await this.post({ ...request, links: true }, signal); // a website may take seconds: the other notes do not wait for it
    this.show([{ notes: second.notes }], second.measure);
  }

  async lookAtExamples(signal) {
    const isList = this.field.localName === "textarea";
    const lines = (isList ? this.field.value.split("\n") : [this.field.value])
      .map((text, place) => ({ text: text.trim(), line: place + 1 }))
      .filter(({ text }) => text)
      .slice(0, MOST_LINES);
    const groups = [];
    let question = [];
    // Of a question that is there, it is known how its examples are before anything is typed.
    for (let start = 0; start < lines.length || (!start && this.key); start += AT_ONCE) {
      const some = lines.slice(start, start + AT_ONCE);
      const before = this.field.dataset.before ?? "";
      const found = await this.post({ key: this.key, texts: some.map(({ text }) => text), before }, signal);
      question = found.question.notes;
      found.texts.forEach(({ notes }, place) => groups.push({ line: isList && lines.length > 1 ? some[place].line : 0, at: some[place].line, notes }));
    }
    // How many examples there are is known only once all lines are: a long list has enough of them.
    this.show([...groups, { notes: lines.length > AT_ONCE ? question.filter(({ code }) => code !== "few") : question }]);
  }

  async post(body, signal) {
    const response = await fetch(this.url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(this.field) },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok || response.redirected) throw new Error("no notes");
    return response.json();
  }

  show(groups, measure = "") {
    const notes = groups.flatMap((group) => group.notes.map((note) => ({ ...group, note })));
    const items = notes.map((one) => this.item(one));
    const list = document.createElement("ul");
    list.append(...items);
    const measured = document.createElement("p");
    measured.className = "hint";
    measured.textContent = measure;
    this.list.replaceChildren(...(measure ? [measured] : []), ...(items.length ? [list] : []));
    this.say(notes.slice(0, SAID).map(({ line, note }) => `${line ? `Line ${line}: ` : ""}${note.sentence}`).join(" "));
  }

  // Read out only when there is something else to say than last time.
  say(sentence) {
    if (sentence === this.#said) return;
    this.live.textContent = sentence || NOTHING;
    this.#said = sentence;
  }

  fail() {
    if (this.#failed) return;
    this.#failed = true;
    const sentence = document.createElement("p");
    sentence.className = "hint";
    sentence.textContent = FAILED;
    this.list.replaceChildren(sentence);
    this.say(FAILED);
  }

  item({ line, at, note }) {
    const item = document.createElement("li");
    item.className = `guidance-${note.level}`;
    const mark = document.createElement("strong");
    mark.textContent = `${line ? `Line ${line}. ` : ""}${MARKS[note.level]}: `;
    item.append(mark, note.sentence);
    if (note.other?.href) item.append(" ", link(note.other));
    if (note.offer) item.append(" ", this.offer(note.offer, at));
    return item;
  }

  offer({ text, label }, at) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    const shown = document.createElement("q");
    shown.textContent = text;
    button.addEventListener("click", () => {
      if (this.field.localName === "textarea") {
        const lines = this.field.value.split("\n");
        lines[at - 1] = text;
        this.field.value = lines.join("\n");
      } else this.field.value = text;
      this.field.focus();
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const offered = document.createElement("span");
    offered.className = "guidance-offer";
    offered.append(shown, button);
    return offered;
  }
}

// The field that is marked next to the place, else the one that comes before it.
function fieldOf(place) {
  const kind = place.dataset.guidance;
  for (let around = place.parentElement; around && around.localName !== "form"; around = around.parentElement) {
    const marked = around.querySelectorAll(`[data-guide="${kind}"]`);
    if (marked.length === 1) return marked[0];
    if (marked.length > 1) break;
  }
  const all = (place.closest("form") ?? document).querySelectorAll(`[data-guide="${kind}"], textarea, input[type=text], input:not([type])`);
  const before = [...all].filter((one) => place.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING);
  return before.filter((one) => one.dataset.guide === kind).at(-1) ?? before.at(-1);
}

function setting(place, field, name) {
  const attribute = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  for (const element of [place, field]) {
    const holder = element?.closest(`[${attribute}]`);
    if (holder) return holder.getAttribute(attribute);
  }
  return undefined;
}

function token(field) {
  return (field.form ?? document).querySelector("[name=csrfmiddlewaretoken]")?.value ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function link({ title, href }) {
  const made = document.createElement("a");
  made.href = href;
  made.target = "_blank"; // what was typed stays
  made.rel = "noopener";
  made.textContent = `Open “${title}” in a new tab`;
  return made;
}

guide();

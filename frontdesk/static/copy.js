// Copies what stands in an element, and prints; without scripts the text is there to be marked.
const COPIED = 2000; // milliseconds for which a button says that it was done

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const said = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.innerText);
      button.textContent = "Copied";
    } catch {
      source.select ? source.select() : getSelection().selectAllChildren(source);
      button.textContent = "Marked: copy it";
    }
    setTimeout(() => (button.textContent = said), COPIED);
  });
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

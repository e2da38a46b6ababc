// A file can be dropped on the form; one that is too large is not sent in vain.
const form = document.querySelector("form[data-most]");
const field = form?.querySelector("input[type=file]");
const label = form?.querySelector(".drop");
const tooLarge = form?.querySelector("[data-too-large]");

function look() {
  const bytes = [...field.files].reduce((sum, file) => sum + file.size, 0);
  const isTooLarge = bytes > Number(form.dataset.most);
  tooLarge.hidden = !isTooLarge;
  field.setCustomValidity(isTooLarge ? tooLarge.textContent : "");
}

if (form) {
  field.addEventListener("change", look);
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      label.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") {
        field.files = event.dataTransfer.files;
        look();
      }
    });
  }
  form.addEventListener("submit", (event) => {
    look();
    if (!tooLarge.hidden) event.preventDefault();
  });
}

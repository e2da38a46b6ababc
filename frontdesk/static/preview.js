// Opens the chat in the preview, where it does not cover the whole of it: there it would take the focus from what is being chosen.
if (!matchMedia("(max-width: 480px), (max-height: 480px)").matches) document.querySelector("clinic-chat").setAttribute("open", "");

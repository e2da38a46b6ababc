// @ts-check
/** A page's own button may open the chat as well. */
document.getElementById("ask")?.addEventListener("click", () => document.querySelector("clinic-chat")?.setAttribute("open", ""));

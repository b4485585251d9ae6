// Comforts of the application's steps: counted words, and a word when the connection is lost.
// Everything works without this file: each step is saved by its button.

const form = document.getElementById("step");

for (const area of form?.querySelectorAll("textarea[data-words]") ?? []) {
  const limit = Number(area.dataset.words);
  const line = document.createElement("p");
  line.className = "ec-note";
  area.after(line);
  const count = () => {
    const words = area.value.trim() ? area.value.trim().split(/\s+/).length : 0;
    line.textContent = form.dataset.wordsText.replace("{count}", words).replace("{limit}", limit);
    line.classList.toggle("invalid-feedback", words > limit);
  };
  area.addEventListener("input", count);
  count();
}

const status = document.getElementById("save-status");
const lost = (event) => {
  if (!form || !status) return;
  if (event.detail.xhr?.status >= 400 && event.detail.xhr.status < 500) {
    // Submitted or signed out elsewhere: trying again would not help, reloading says why.
    status.textContent = form.dataset.stoppedText;
    status.classList.add("is-lost");
    return;
  }
  status.textContent = form.dataset.lostText;
  status.classList.add("is-lost");
  setTimeout(() => form.dispatchEvent(new Event("input", { bubbles: true })), 15000);
};
document.body.addEventListener("htmx:sendError", lost);
document.body.addEventListener("htmx:responseError", lost);
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) status?.classList.remove("is-lost");
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

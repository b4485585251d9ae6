// Comforts only: every page works without this file.

// A refused form: the summary of what is to correct takes the focus, so that it is read first.
document.getElementById("errors")?.focus();

// A floating fold of the menu closes with Escape or a click beside it; without this file its own button closes it.
const folds = () => document.querySelectorAll(".ec-fold-menu[open]");
document.addEventListener("click", (event) => {
  folds().forEach((fold) => fold.contains(event.target) || fold.removeAttribute("open"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  folds().forEach((fold) => {
    fold.removeAttribute("open");
    if (fold.contains(document.activeElement)) fold.querySelector("summary").focus();
  });
});

// What pages have kept on this device for a person goes when they sign out.
document.querySelectorAll("form[data-sign-out]").forEach((form) =>
  form.addEventListener("submit", () => {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith("eclosion."))
        .forEach((key) => localStorage.removeItem(key));
    } catch {
      // The browser keeps nothing: there is nothing to clear.
    }
  }),
);

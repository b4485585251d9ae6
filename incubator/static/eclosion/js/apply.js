// Comforts of the application's steps: counted words, the question one was at, and text that survives a lost
// connection, a reload or the back button. Everything works without this file: each step is saved by its button.

const form = document.getElementById("step");
const status = document.getElementById("save-status");

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

// -- Where one is: sent with each save, so that coming back lands there --------------------------------

const place = document.getElementById("at-field");
form?.addEventListener("focusin", (event) => {
  const name = event.target.name ?? "";
  if (place && name && event.target.type !== "hidden" && event.target.type !== "submit") place.value = name;
});
const arrived = location.hash.startsWith("#div_id_") && document.getElementById(location.hash.slice(1));
if (arrived && form?.contains(arrived)) {
  const field = arrived.querySelector("input:not([type=hidden]), textarea, select");
  // After the browser has gone to the fragment by itself, which takes the focus away.
  addEventListener("load", () => setTimeout(() => field?.focus(), 100));
}

// -- What is typed and not saved yet stays in this tab until the server has it ------------------------

const address = form ? new URL(form.getAttribute("action") ?? "", location).pathname : "";
const drawer = `eclosion:${address}`;
const typed = () => {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || name === "csrfmiddlewaretoken" || name === "at-field") continue;
    (found[name] ??= []).push(value);
  }
  return found;
};
const keep = () => {
  try {
    sessionStorage.setItem(drawer, JSON.stringify(typed()));
  } catch {
    // No storage on this device, or full: the screen still holds the text.
  }
};
const release = () => {
  try {
    sessionStorage.removeItem(drawer);
  } catch {
    // Nothing was kept then.
  }
};

let edits = 0; // counts what was typed, so that an answer to an older save releases nothing
let sent = 0;
form?.addEventListener("input", () => {
  edits += 1;
  keep();
});
let leaving = false; // by a button, which saves by itself
let unreachable = false; // the last save found no server
form?.addEventListener("submit", (event) => {
  if (unreachable || !navigator.onLine) {
    // The browser's own error page would take the place of the text: stay, and go on trying.
    event.preventDefault();
    sayLost();
    if (navigator.onLine) again();
    return;
  }
  leaving = true;
  if (!status?.classList.contains("is-lost")) release();
});

const putBack = () => {
  let found;
  try {
    found = JSON.parse(sessionStorage.getItem(drawer) ?? "null");
  } catch {
    found = null;
  }
  if (!found) return;
  let changed = false;
  for (const control of form.elements) {
    if (!control.name || !(control.name in found) || control.type === "file") continue;
    if (control.type === "hidden" && !control.name.startsWith("seen-")) continue;
    const values = found[control.name];
    if (control.type === "checkbox" || control.type === "radio") {
      const checked = values.includes(control.value);
      changed ||= control.checked !== checked;
      control.checked = checked;
    } else if (control.value !== values[0]) {
      // What this tab had seen comes back with its text: a newer text of someone else is then still found out.
      changed ||= control.type !== "hidden";
      control.value = values[0];
    }
  }
  if (!changed) return release();
  if (status) status.textContent = form.dataset.backText ?? "";
  // htmx listens once the page is complete; modules run just before.
  addEventListener("load", () => setTimeout(() => form.dispatchEvent(new Event("input", { bubbles: true })), 50));
};
if (form) putBack();

// The tab goes away within the second that a save waits: send what is there; the page may already be gone.
const flush = () => {
  if (!form || leaving || sent === edits || !navigator.onLine) return;
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
  fetch(address, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { "HX-Request": "true" },
    keepalive: true,
  }).catch(() => {});
};
addEventListener("pagehide", flush);

// -- Saving, and what is said of it --------------------------------------------------------------------

const again = () => form?.dispatchEvent(new Event("input", { bubbles: true }));
const sayLost = () => {
  if (!status) return;
  status.classList.add("is-lost");
  status.textContent = form.dataset.lostText;
};
const lost = (event) => {
  if (!form || !status) return;
  sayLost();
  if (event.detail.xhr?.status >= 400 && event.detail.xhr.status < 500) {
    // Submitted or signed out elsewhere: trying again would not help, reloading says why.
    status.textContent = form.dataset.stoppedText;
    return;
  }
  setTimeout(again, 15000);
};
document.body.addEventListener("htmx:sendError", (event) => {
  unreachable = true;
  lost(event);
});
document.body.addEventListener("htmx:responseError", lost);
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt === form) form.dataset.sending = edits;
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt !== form || !event.detail.successful) return;
  status?.classList.remove("is-lost");
  unreachable = false;
  sent = Number(form.dataset.sending);
  if (sent === edits) release();
});
addEventListener("online", () => {
  if (status?.classList.contains("is-lost")) again();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

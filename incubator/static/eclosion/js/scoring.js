// The score screen: keys 1 to 5, each click saved, and marks that outlive a lost network, a server that restarts
// or a session that ends. What is not acknowledged stays on this device, under the juror's and the project's
// ids: marks and sentence only. Without this file the form is sent by its buttons.

const PREFIX = "eclosion.marks.";
const KEPT_FOR = 7 * 24 * 3600 * 1000; // ms; older ones belong to sittings that are over
const WAITS = [2, 5, 10, 20, 30]; // s between two attempts

// -- What is kept on this device: {url, at, marks: {key: {value, base}}, comment: {value, base}, act} ----------

const memory = new Map(); // where the browser refuses to keep anything

const load = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
};

const keep = (key, entry) => {
  const empty = !Object.keys(entry.marks).length && !entry.comment && !entry.act;
  memory.delete(key);
  try {
    if (empty) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(entry));
  } catch {
    if (!empty) memory.set(key, entry);
  }
};

const keysWith = (prefix) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
};

for (const key of keysWith(PREFIX)) {
  const entry = load(key);
  if (!entry || Date.now() - entry.at > KEPT_FOR) localStorage.removeItem(key);
}

// -- Sending one entry ----------------------------------------------------------------------------------------

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

const bodyOf = (entry) => {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token() });
  const seen = new URLSearchParams();
  for (const [key, mark] of Object.entries(entry.marks)) {
    body.set(key, mark.value);
    seen.set(key, mark.base);
  }
  if (entry.comment) {
    body.set("comment", entry.comment.value);
    seen.set("comment", entry.comment.base);
  }
  body.set("seen", seen);
  if (entry.grid) body.set("grid", entry.grid);
  if (entry.act) body.set(entry.act, "1");
  return body;
};

// → {how: "kept" | "refused" | "offline" | "trouble" | "signedOut" | "stale", answer}
const send = async (entry) => {
  let response;
  try {
    response = await fetch(entry.url, {
      method: "POST",
      body: bodyOf(entry),
      headers: { Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(15000),
    });
  } catch {
    return { how: navigator.onLine ? "trouble" : "offline" };
  }
  if (response.type === "opaqueredirect") return { how: "signedOut" };
  if (response.status === 403) return { how: "stale" };
  if (response.status === 404) return { how: "refused", answer: { refused: [], fields: [] } };
  if (response.ok || response.status === 422) {
    try {
      return { how: response.ok ? "kept" : "refused", answer: await response.json() };
    } catch {
      return { how: "trouble" };
    }
  }
  return { how: "trouble" };
};

// What was sent is done with; what was chosen meanwhile stays, and starts from what the server now holds.
const settle = (key, sent, answer) => {
  const entry = load(key);
  if (!entry) return;
  for (const [name, mark] of Object.entries(sent.marks)) {
    if (!entry.marks[name]) continue;
    if (entry.marks[name].value === mark.value) delete entry.marks[name];
    else entry.marks[name].base = answer?.marks?.[name] ?? "";
  }
  if (sent.comment && entry.comment) {
    if (entry.comment.value === sent.comment.value) delete entry.comment;
    else entry.comment.base = answer?.comment ?? "";
  }
  if (entry.act === sent.act) delete entry.act;
  keep(key, entry);
};

// -- The form -------------------------------------------------------------------------------------------------

const form = document.getElementById("score");

if (form) {
  const key = form.dataset.key;
  const line = document.getElementById("saved");
  const trouble = document.getElementById("trouble");
  const seen = new URLSearchParams(form.elements.seen.value);
  const comment = form.elements.comment;
  let sending = false;
  let failures = 0;
  let timer = null;

  const entryNow = () =>
    load(key) ?? { url: location.pathname, at: Date.now(), grid: form.elements.grid.value, marks: {} };

  const say = (text, link = null, lost = false) => {
    line.textContent = text;
    line.classList.toggle("is-lost", lost);
    if (!link) return;
    const goal = document.createElement("a");
    goal.href = link.url;
    goal.textContent = link.text;
    line.append(" ", goal);
  };

  const tellConflicts = (sentences) => {
    trouble.querySelectorAll("p:not(.ec-notice__word)").forEach((one) => one.remove());
    for (const sentence of sentences) {
      const paragraph = document.createElement("p");
      paragraph.textContent = sentence;
      trouble.append(paragraph);
    }
    trouble.hidden = !sentences.length;
    if (sentences.length) trouble.focus();
  };

  const show = (marks) => {
    const waiting = load(key)?.marks ?? {};
    for (const [name, value] of Object.entries(marks)) {
      if (name in waiting) continue;
      for (const one of form.querySelectorAll(`input[type=radio][name="${CSS.escape(name)}"]`)) {
        one.checked = one.value === String(value ?? "");
      }
    }
  };

  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(flush, WAITS[Math.min(failures, WAITS.length - 1)] * 1000);
    failures += 1;
  };

  const sayWhy = (how) => {
    const text = form.dataset[how];
    if (how === "signedOut") say(text, { url: form.dataset.signInUrl, text: form.dataset.signIn }, true);
    else if (how === "stale") say(text, { url: location.href, text: form.dataset.reload }, true);
    else say(text, null, true);
    if (how === "offline" || how === "trouble") again();
  };

  const refusedBy = (sent, answer) => {
    if (sent.act && answer.fields.length && navigator.onLine) {
      // Something is missing: the page itself says what, beside each criterion.
      const act = document.createElement("input");
      act.type = "hidden";
      act.name = sent.act;
      act.value = "1";
      form.append(act);
      form.submit();
      return;
    }
    say(`${form.dataset.refused} · ${answer.refused.join(" ")}`, null, true);
  };

  const kept = (sent, answer) => {
    for (const [name, value] of Object.entries(answer.marks)) seen.set(name, value ?? "");
    seen.set("comment", answer.comment);
    form.elements.seen.value = seen.toString();
    show(answer.marks);
    tellConflicts(answer.conflicts);
    if (!answer.next) return say(answer.line);
    if (!failures) return location.assign(answer.next);
    // It left late: the juror may be reading, the page does not change under their eyes.
    const done = sent.act === "skip" ? form.dataset.passed : form.dataset.given;
    say(done, { url: answer.next, text: form.dataset.next });
  };

  async function flush() {
    const sent = load(key);
    if (sending || !sent) return;
    sending = true;
    clearTimeout(timer);
    if (!failures) say(form.dataset.saving);
    const { how, answer } = await send(sent);
    sending = false;
    if (how !== "kept" && how !== "refused") return sayWhy(how);
    settle(key, sent, answer);
    if (how === "kept") kept(sent, answer);
    else refusedBy(sent, answer);
    failures = 0;
    if (how === "kept" && load(key)) flush();
  }

  const note = (change) => {
    const entry = entryNow();
    change(entry);
    entry.at = Date.now();
    keep(key, entry);
  };

  const noteMark = (radio) =>
    note((entry) => {
      const base = entry.marks[radio.name]?.base ?? seen.get(radio.name) ?? "";
      delete entry.marks[radio.name]; // the last click is the last one sent
      entry.marks[radio.name] = { value: radio.value, base };
    });

  const noteComment = () =>
    note((entry) => {
      entry.comment = { value: comment.value, base: entry.comment?.base ?? seen.get("comment") ?? "" };
    });

  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") noteMark(event.target);
    else if (event.target === comment) noteComment();
    flush();
  });
  comment.addEventListener("input", noteComment);

  form.addEventListener("submit", (event) => {
    const act = event.submitter?.name;
    if (act !== "give" && act !== "skip") return;
    event.preventDefault();
    for (const radio of form.querySelectorAll("input[type=radio]:checked")) {
      if (radio.value !== (seen.get(radio.name) ?? "")) noteMark(radio);
    }
    note((entry) => {
      entry.act = act;
    });
    flush();
  });

  // A link would lead to the browser's own error page, and the marks would seem lost.
  document.addEventListener("click", (event) => {
    if (navigator.onLine || !event.target.closest("main a[href]:not([href^='#'])")) return;
    event.preventDefault();
    say(form.dataset.offline, null, true);
  });

  window.addEventListener("offline", () => say(form.dataset.offline, null, true));
  window.addEventListener("online", () => {
    if (load(key)) flush();
    else say("");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && load(key)) flush();
  });

  // What was kept when the page was left comes back, and leaves.
  const waiting = load(key);
  if (waiting) {
    for (const [name, mark] of Object.entries(waiting.marks)) {
      const radio = form.querySelector(`input[type=radio][name="${CSS.escape(name)}"][value="${CSS.escape(mark.value)}"]`);
      if (radio) radio.checked = true;
      else note((entry) => delete entry.marks[name]); // the grid no longer has it
    }
    if (waiting.comment) comment.value = waiting.comment.value;
    failures = 1; // nobody has pressed a button on this page: it does not go on by itself
    flush();
  }
}

// -- The keys of a grid: 1 to 5 (1 and 0 for yes and no) while a mark has the focus choose it and go on to the next --

for (const grid of document.querySelectorAll("form.jr-marks")) {
  grid.addEventListener("keydown", (event) => {
    const target = event.target;
    if (target.type !== "radio" || !/^[0-5]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const criterion = target.closest("fieldset");
    const mark = criterion.querySelector(`input[value="${event.key}"]`);
    if (!mark) return;
    if (!mark.checked) {
      mark.checked = true;
      mark.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const criteria = [...grid.querySelectorAll("fieldset")];
    const next = criteria[criteria.indexOf(criterion) + 1];
    const goal = next?.querySelector("input:checked") ?? next?.querySelector("input") ?? grid.elements.comment;
    goal.focus();
    event.preventDefault();
  });
}

// -- Beside the grid, the text stays in sight; one longer than the window scrolls to its end first, then stays --------

const dossier = document.querySelector(".jr-reading .jr-dossier");

if (dossier) {
  const hold = () => {
    const foot = document.querySelector(".jr-bar")?.offsetHeight ?? 0;
    const room = window.innerHeight - foot - dossier.offsetHeight;
    dossier.style.setProperty("--jr-held-at", `${Math.min(24, room - 16)}px`);
    dossier.classList.add("is-held");
  };
  new ResizeObserver(hold).observe(dossier);
  window.addEventListener("resize", hold);
}

// -- The pack of dossiers is made to be printed -------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// -- Marks of other projects, kept when their page was left: sent one after the other, the oldest first -----------

const prefix = form ? form.dataset.key.replace(/[^.]+$/, "") : document.getElementById("marks-kept")?.dataset.prefix;

if (prefix) {
  const others = keysWith(prefix)
    .filter((key) => key !== form?.dataset.key)
    .sort((one, other) => load(one).at - load(other).at);
  for (const key of others) {
    const sent = load(key);
    const { how, answer } = await send(sent);
    if (how !== "kept" && how !== "refused") break;
    settle(key, sent, answer);
  }
}

// The clock of a hearing: counts down what the server said is left. Without this file the page says the hour it ends.
const time = document.querySelector("[data-clock]");

if (time) {
  const said = document.querySelector("[data-clock-said]");
  const ends = performance.now() + Number(time.dataset.left) * 1000;
  const until = time.textContent.trim();
  const left = document.createElement("span");
  left.className = "jr-clock__left";
  left.setAttribute("aria-hidden", "true"); // the hour is read aloud; seconds that change would drown everything
  const note = document.createElement("span");
  note.className = "ec-note";
  note.textContent = until;
  time.replaceChildren(left, " ", note);

  let soon = Number(time.dataset.left) > 60;
  const tick = () => {
    const seconds = Math.max(0, Math.round((ends - performance.now()) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (soon && seconds <= 60) {
      soon = false;
      said.textContent = time.dataset.soon;
    }
    if (seconds > 0) return;
    clearInterval(timer);
    note.textContent = time.dataset.over;
    said.textContent = time.dataset.over;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

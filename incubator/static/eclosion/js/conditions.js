// A question that is only asked after a given answer appears, and goes, as soon as that answer is chosen.
// Without this file the server decides when the step is saved.

const status = document.getElementById("conditions-status");
const blocks = [...document.querySelectorAll("[data-only-if]")];

const chosen = (name) =>
  [...document.getElementsByName(name)]
    .filter((input) => input.checked && !input.closest("[data-only-if][hidden]"))
    .map((input) => input.value);

// An answer given in another step was read by the server: it does not change here.
const isHere = (block) => document.getElementsByName(block.dataset.onlyIf).length > 0;

const update = (speak) => {
  const appeared = [];
  for (const block of blocks.filter(isHere)) {
    const enough = block.dataset.onlyIfAny.split(" ");
    const shown = chosen(block.dataset.onlyIf).some((value) => enough.includes(value));
    if (shown === !block.hidden) continue;
    block.hidden = !shown;
    block.querySelector('input[name^="asked-"]').disabled = !shown;
    if (shown) appeared.push(block.querySelector("legend, label").textContent.replace(/\s+/g, " ").trim());
  }
  if (speak && status) {
    status.textContent = appeared.map((label) => status.dataset.appeared.replace("{label}", label)).join(" ");
  }
};

for (const form of new Set(blocks.map((block) => block.closest("form, .ec-form")))) {
  form.addEventListener("change", () => update(true));
}
update(false);

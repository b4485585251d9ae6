// In the administration's editors: what Wagtail leaves without a name or out of the keyboard's reach.
// Nothing here changes what is saved.

const written = (element) => element?.textContent.replace(/[*\s]+/g, " ").trim() ?? "";

// The words that stand before a field: its own label, else the heading of the part that holds it.
const wordsFor = (field) => {
  const label = field.closest("[data-contentpath]")?.querySelector(":scope > .w-field__label");
  if (label) return written(label);
  const heading = field.closest("section.w-panel")?.getAttribute("aria-labelledby");
  const part = heading ? document.getElementById(heading) : field.closest("section.w-panel")?.querySelector(".w-panel__heading");
  return written(part);
};

const name = (field) => {
  const words = wordsFor(field);
  if (words) field.setAttribute("aria-label", words);
};

const settle = () => {
  // The minimap scrolls, and cannot be scrolled with the keyboard.
  document.querySelectorAll(".w-minimap__list:not([tabindex])").forEach((list) => list.setAttribute("tabindex", "0"));
  // Each folded group of fields is a landmark of the same name: their headings, which are buttons, are enough.
  document.querySelectorAll("section[id^='block_group']:not([role])").forEach((group) => {
    group.setAttribute("role", "group");
    group.removeAttribute("aria-labelledby");
  });
  document.querySelectorAll(".public-DraftEditor-content:not([aria-label])").forEach(name);
  document
    .querySelectorAll(".w-panel__content :is(input:not([type=hidden]), textarea, select):not([aria-label], [aria-labelledby])")
    .forEach((field) => field.labels?.length === 0 && name(field));
};

new MutationObserver(settle).observe(document.body, { childList: true, subtree: true });
settle();

// A block that is moved with its arrows is put back elsewhere in the page, and would lose the keyboard's place.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button[data-streamfield-action^='MOVE']");
  if (!button) return;
  setTimeout(() => {
    const other = button.parentElement?.querySelector("button[data-streamfield-action^='MOVE']:not([disabled])");
    if (!document.activeElement || document.activeElement === document.body) (button.disabled ? other : button)?.focus();
  }, 50);
});

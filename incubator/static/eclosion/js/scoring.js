// Comforts of the score screen; the page works without this file.
const form = document.getElementById("score");

if (form) {
  // 1 to 5 while a mark has the focus: choose that mark, then go on to the next criterion.
  form.addEventListener("keydown", (event) => {
    const target = event.target;
    if (target.type !== "radio" || !/^[1-5]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const criterion = target.closest("fieldset");
    const mark = criterion.querySelector(`input[value="${event.key}"]`);
    if (!mark.checked) {
      mark.checked = true;
      mark.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const criteria = [...form.querySelectorAll("fieldset")];
    const next = criteria[criteria.indexOf(criterion) + 1];
    const goal = next?.querySelector("input:checked") ?? next?.querySelector("input") ?? form.querySelector("#comment");
    goal.focus();
    event.preventDefault();
  });

  // The network is gone: say so where the saved time stands.
  const sayNotSaved = () => {
    document.getElementById("saved").textContent = form.dataset.offline;
  };
  form.addEventListener("htmx:sendError", sayNotSaved);
  form.addEventListener("htmx:responseError", sayNotSaved);
}

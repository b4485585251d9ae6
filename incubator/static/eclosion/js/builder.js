// In the builder of a call's questions: proposes the earlier questions that a condition may name, and says
// which answers they have. Without this file the server says it when the form is saved.

const texts = document.getElementById("question-builder").dataset;
const CLOSED = ["choice", "choices", "yes_no"];
const LABEL = /^sections-\d+-value-questions-\d+-value-label$/;

const part = (prefix, name) => document.getElementsByName(`${prefix}-${name}`)[0];

// The closed questions that stand before this field, as they are written now.
const earlierThan = (field) =>
  [...document.querySelectorAll("input[name$='-value-label']")]
    .filter((input) => LABEL.test(input.name))
    .filter((input) => input.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING)
    .map((input) => {
      const value = input.name.replace(/-label$/, "");
      const child = value.replace(/-value$/, "");
      return {
        value,
        label: input.value.trim(),
        key: part(value, "key")?.value.trim(),
        kind: part(child, "type")?.value,
        deleted: part(child, "deleted")?.value === "1",
      };
    })
    .filter((one) => CLOSED.includes(one.kind) && !one.deleted && one.label && !field.name.startsWith(`${one.value}-`));

const answersOf = (question) =>
  question.kind === "yes_no"
    ? [texts.yes, texts.no]
    : (part(question.value, "choices")?.value ?? "").split("\n").map((line) => line.trim()).filter(Boolean);

const propose = (field) => {
  const list = document.getElementById("earlier-questions") ?? document.body.appendChild(document.createElement("datalist"));
  list.id = "earlier-questions";
  list.replaceChildren(...earlierThan(field).map((one) => new Option(one.label, one.label)));
  field.setAttribute("list", list.id);
  field.setAttribute("autocomplete", "off");
};

const say = (field) => {
  const answers = part(field.name.replace(/-only_if_question$/, ""), "only_if_answers");
  if (!answers) return;
  const named = field.value.trim().toLocaleLowerCase();
  const question = earlierThan(field).findLast((one) => one.key === field.value.trim() || one.label.toLocaleLowerCase() === named);
  const id = `${answers.id}-offered`;
  const line = document.getElementById(id) ?? answers.insertAdjacentElement("afterend", document.createElement("p"));
  line.id = id;
  line.className = "help";
  line.setAttribute("role", "status");
  line.textContent = question ? `« ${question.label} » : ${answersOf(question).join(", ")}` : named ? texts.none : "";
};

const isCondition = (target) => target.name?.endsWith("-only_if_question");

document.addEventListener("focusin", ({ target }) => {
  if (isCondition(target)) propose(target);
});
document.addEventListener("input", ({ target }) => {
  if (isCondition(target)) say(target);
});
// Fields are drawn after the page has loaded.
requestAnimationFrame(() => document.querySelectorAll("input[name$='-only_if_question']").forEach((field) => field.value && say(field)));

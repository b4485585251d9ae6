"""Whatever form the builder can make, it is frozen, asked, checked, read and exported without an error."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls import exports, schema
from calls.blocks import FormBlocks
from calls.conditions import CLOSED_KINDS
from calls.domain.forms import fill_keys
from calls.enums import QuestionKind
from calls.models import Answer, CallForm
from calls.questions import StepForm

pytestmark = pytest.mark.django_db

words = st.text(min_size=1, max_size=30).map(lambda text: schema.tidy(text).replace("\n", " ").strip() or "é")
lines = st.lists(words.map(lambda text: " ".join(text.split()) or "é"), min_size=2, max_size=4, unique=True)
typed = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.sampled_from(["yes", "no", "12", "-3,5", "2026-03-31", "https://x.example", "javascript:alert(1)"]),
    st.lists(st.text(max_size=10), max_size=3),
)


@st.composite
def questions(draw, earlier):
    kind = draw(st.sampled_from(QuestionKind.values))
    question = {
        "kind": kind,
        "label": draw(words),
        "required": draw(st.booleans()),
        "personal": draw(st.booleans()),
    }
    if kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        question["choices"] = draw(lines)
    if kind == QuestionKind.LONG_TEXT:
        question["max_words"] = draw(st.one_of(st.none(), st.integers(1, 50)))
    if kind == QuestionKind.AMOUNT:
        question |= {"range": draw(st.booleans()), "unit": draw(st.sampled_from(["€", "k€", "jours"]))}
    sources = [one for one in earlier if one["kind"] in CLOSED_KINDS]
    if sources and draw(st.booleans()):
        source = draw(st.sampled_from(sources))
        offered = ["yes", "no"] if source["kind"] == QuestionKind.YES_NO else source["choices"]
        answers = draw(st.lists(st.sampled_from(offered), min_size=1, max_size=2, unique=True))
        question["only_if"] = {"key": source["key"], "answers": answers}
    return question


@st.composite
def forms(draw):
    earlier, sections = [], []
    for _number in range(draw(st.integers(1, 2))):
        asked = []
        for _one in range(draw(st.integers(1, 4))):
            question = {**draw(questions(earlier)), "key": f"q{len(earlier)}"}
            earlier.append(question)
            asked.append(question)
        sections.append({"title": draw(words), "questions": asked})
    return sections


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sections=forms(), data=st.data())
def test_any_form_of_the_builder_lives_its_whole_life(sections, data):
    block = FormBlocks()
    form = CallForm(sections=block.clean(block.to_python(schema.to_stream(sections))))
    fill_keys(form)
    frozen = schema.with_title(schema.from_stream(form.sections))
    asked = schema.questions_of(frozen)
    keys = [question["key"] for question in asked]
    assert len(set(keys)) == len(keys)
    assert sum("only_if" in question for question in asked) == sum(
        "only_if" in question for section in sections for question in section["questions"]
    )
    assert not any(question["for_jury"] for question in asked if question.get("personal"))
    # Written in code again, it is the same form.
    again = CallForm(sections=block.to_python(schema.to_stream(frozen)))
    assert schema.from_stream(again.sections) == json.loads(json.dumps(frozen))
    values = {key: schema.tidy(data.draw(typed)) for key in keys}
    answers = {key: Answer(key=key, value=value) for key, value in values.items()}
    hidden = schema.hidden_keys(frozen, values)
    for section in frozen:
        step = StepForm.checked(section, answers, frozen)
        assert not hidden & set(step.errors)
        assert str(step)
        assert StepForm(section, answers=answers, sections=frozen).as_p()
    for question in asked:
        value = values[question["key"]]
        assert isinstance(schema.in_words(question, value), str)
        assert schema.problem(question, value) is None or question["required"] or not schema.is_empty(value)
        json.dumps([exports._plain(question, value), str(exports._cell(question, value))])

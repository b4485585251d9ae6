"""Blocks of the question builder and of the call's page. Their definitions never enter a migration."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from calls import conditions, schema
from calls.enums import QuestionKind
from incubator.core.blocks import TEXT_FEATURES, EditorialBlocks

KEY_HELP = _(
    "Names the answer in exports. Left empty, it is made from the question once; it does not change afterwards."
)


def _choices_error(lines: list[str]):
    return ValidationError(
        _("Write at least two different answers, one a line.")
        if len(set(lines)) < 2
        else _("The same answer is written twice.")
    )


class QuestionStruct(blocks.StructBlock):
    """What every question has. Kinds add their own fields before the settings."""

    label = blocks.CharBlock(label=_("Question, as it is asked"), max_length=200)
    help = blocks.CharBlock(label=_("Help under the question"), required=False, max_length=400)
    required = blocks.BooleanBlock(label=_("An answer is needed to submit"), required=False, default=True)
    for_jury = blocks.BooleanBlock(label=_("Shown to the jury"), required=False, default=True)
    personal = blocks.BooleanBlock(
        label=_("Holds personal data"),
        required=False,
        help_text=_(
            "Tick it when the answer says something of a person: health, family, a private address. No jury "
            "ever reads it, even if the box above is ticked; it is marked for you, and left out of exports "
            "unless you ask for it."
        ),
    )
    only_if_question = blocks.CharBlock(
        label=_("Earlier question"),
        required=False,
        max_length=200,
        help_text=_(
            "A question with choices, or answered by yes or no, that is asked before this one: its words or its "
            "key. Left empty, this question is always asked."
        ),
    )
    only_if_answers = blocks.TextBlock(
        label=_("Answers after which it is asked, one a line"),
        required=False,
        rows=2,
        help_text=_("One of them is enough."),
    )
    key = blocks.RegexBlock(
        regex=r"^[a-z0-9_-]{1,60}\Z",
        label=_("Key"),
        required=False,
        help_text=KEY_HELP,
        error_messages={
            "invalid": _("Write the key with small letters, digits, hyphens and underscores, 60 at most.")
        },
    )

    class Meta:
        label_format = "{label}"

    def get_form_layout(self):
        """The key is for exports: behind the settings button, out of the way of whoever writes questions."""
        condition = ["only_if_question", "only_if_answers"]
        names = [name for name in self.child_blocks if name not in ("key", *condition)]
        group = BlockGroup(
            children=condition, heading=_("Ask it only after a given answer"), classname="collapsed"
        )
        return BlockGroup(children=[*names, group], settings=["key"])


class ShortTextQuestion(QuestionStruct):
    class Meta:
        icon = "pilcrow"
        label = QuestionKind.SHORT_TEXT.label
        description = _("One line: a name, a place, a few words.")


class LongTextQuestion(QuestionStruct):
    max_words = blocks.IntegerBlock(label=_("Words at most"), required=False, default=200, min_value=1)

    class Meta:
        icon = "doc-full"
        label = QuestionKind.LONG_TEXT.label
        description = _("Some sentences, with a limit in words that is counted as one types.")


class ChoiceStruct(QuestionStruct):
    choices = blocks.TextBlock(label=_("Possible answers, one a line"), rows=4)

    def clean(self, value):
        cleaned = super().clean(value)
        lines = [line.strip() for line in cleaned["choices"].splitlines() if line.strip()]
        if len(lines) < 2 or len(set(lines)) < len(lines):
            raise blocks.StructBlockValidationError({"choices": _choices_error(lines)})
        return cleaned


class ChoiceQuestion(ChoiceStruct):
    class Meta:
        icon = "radio-full"
        label = QuestionKind.CHOICE.label
        description = _("One answer among several.")


class ChoicesQuestion(ChoiceStruct):
    class Meta:
        icon = "tick-inverse"
        label = QuestionKind.CHOICES.label
        description = _("As many answers as apply.")


class NumberQuestion(QuestionStruct):
    minimum = blocks.DecimalBlock(label=_("At least"), required=False)
    maximum = blocks.DecimalBlock(label=_("At most"), required=False)
    unit = blocks.CharBlock(label=_("Unit"), required=False, max_length=30)

    class Meta:
        icon = "order"
        label = QuestionKind.NUMBER.label
        description = _("A number, with its unit and its bounds.")

    def clean(self, value):
        cleaned = super().clean(value)
        lowest, highest = cleaned["minimum"], cleaned["maximum"]
        if lowest is not None and highest is not None and lowest > highest:
            sentence = _("The lowest number is above the highest: no answer would be right.")
            raise StructBlockValidationError({"maximum": ValidationError(sentence)})
        return cleaned


class AmountQuestion(QuestionStruct):
    as_range = blocks.BooleanBlock(
        label=_("Asked as a range, from … to …"),
        required=False,
        help_text=_("Whoever knows the exact amount writes it in the first box only."),
    )
    unit = blocks.CharBlock(label=_("Unit"), required=False, default="€", max_length=30)

    class Meta:
        icon = "tag"
        label = QuestionKind.AMOUNT.label
        description = _("A sum of money, exact or from … to …")


class LinkQuestion(QuestionStruct):
    class Meta:
        icon = "link"
        label = QuestionKind.LINK.label
        description = _("The address of a page on the web.")


class SiteQuestion(QuestionStruct):
    class Meta:
        icon = "site"
        label = QuestionKind.SITE.label
        description = _(
            "One of the authority's workplaces, chosen from the list. Its name stays as on that day."
        )


class DateQuestion(QuestionStruct):
    class Meta:
        icon = "date"
        label = QuestionKind.DATE.label
        description = _("A day.")


class YesNoQuestion(QuestionStruct):
    class Meta:
        icon = "success"
        label = QuestionKind.YES_NO.label
        description = _("Yes or no.")


class FileQuestion(QuestionStruct):
    class Meta:
        icon = "upload"
        label = QuestionKind.FILE.label
        description = _("One file. Never make it the only way to answer: many agents write from a phone.")


class QuestionsStream(blocks.StreamBlock):
    short_text = ShortTextQuestion()
    long_text = LongTextQuestion()
    choice = ChoiceQuestion()
    choices = ChoicesQuestion()
    number = NumberQuestion()
    amount = AmountQuestion()
    date = DateQuestion()
    yes_no = YesNoQuestion()
    link = LinkQuestion()
    site = SiteQuestion()
    file = FileQuestion()


class SectionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title of the step"), max_length=80)
    intro = blocks.TextBlock(label=_("What to say before the questions"), required=False, rows=2)
    questions = QuestionsStream(label=_("Questions"), min_num=1)
    key = blocks.RegexBlock(regex=r"^[a-z0-9_-]{1,60}\Z", label=_("Key"), required=False, help_text=KEY_HELP)

    class Meta:
        icon = "list-ul"
        label = _("Step")
        label_format = "{title}"
        description = _("One step of the application: a few questions on one screen.")
        form_layout = BlockGroup(children=["title", "intro", "questions"], settings=["key"])


class FormBlocks(blocks.StreamBlock):
    """The whole form: steps, each with its questions. Two questions never carry the same key, and a condition
    names a question that is asked before."""

    section = SectionBlock()

    def clean(self, value):
        cleaned = super().clean(value)
        faults = [*_key_faults(cleaned), *conditions.resolve(schema.written(cleaned))]
        if faults:
            raise _beside_fields(faults)
        return cleaned


def _key_faults(stream) -> list[conditions.Fault]:
    faults, seen = [], set()
    for section_number, section in enumerate(stream):
        for number, question in enumerate(section.value["questions"]):
            key = question.value.get("key")
            sentence = None
            if key and key in seen:
                sentence = _("Another question has the key “%(key)s”. Change one of them, or leave it empty.")
            elif key and schema.is_reserved_key(key):
                sentence = _("The key “%(key)s” is used by the pages themselves: choose another.")
            elif key == schema.TITLE_KEY:
                sentence = title_fault(question.block_type, question.value)
            if sentence:
                faults.append(conditions.Fault(section_number, number, "key", sentence % {"key": key}))
            seen.add(key)
    return faults


def title_fault(kind: str, value) -> str | None:
    """The question whose answer names the application is a short text that everybody answers."""
    always = value.get("required") and not (value.get("only_if_question") or "").strip()
    if kind == QuestionKind.SHORT_TEXT and always and not value.get("personal"):
        return None
    return _(
        "The key “%(key)s” is for the name of the idea: a short text, needed, always asked, without personal "
        "data. Choose another key."
    )


def _beside_fields(faults: list[conditions.Fault]) -> StreamBlockValidationError:
    """The sentences, each beside the field of the question it is about."""
    by_section: dict[int, dict[int, dict[str, ValidationError]]] = {}
    for fault in faults:
        fields = by_section.setdefault(fault.section, {}).setdefault(fault.question, {})
        fields.setdefault(fault.field, ValidationError(fault.sentence))
    return StreamBlockValidationError(
        block_errors={
            section: StructBlockValidationError(
                {
                    "questions": StreamBlockValidationError(
                        block_errors={
                            number: StructBlockValidationError(fields) for number, fields in questions.items()
                        }
                    )
                }
            )
            for section, questions in by_section.items()
        }
    )


class AudienceBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    people = blocks.ListBlock(
        blocks.CharBlock(label=_("For whom"), max_length=200), label=_("For whom"), min_num=1
    )

    class Meta:
        icon = "group"
        label = _("For whom")
        description = _("Who may apply, one line each, so that readers recognise themselves.")
        template = "calls/blocks/audience.html"
        preview_value = {
            "heading": "Pour qui ?",
            "people": ["Tous les agents, quel que soit le métier", "Seul·e ou à plusieurs"],
        }


class RulesBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Rules"), features=TEXT_FEATURES)

    class Meta:
        icon = "clipboard-list"
        label = _("Rules")
        description = _("What the authority commits to and what it asks in return.")
        template = "calls/blocks/rules.html"
        preview_value = {"heading": "Les règles", "text": "<p>Votre temps est libéré, par écrit.</p>"}


class HelperBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    role = blocks.CharBlock(label=_("Who they are, where"), required=False, max_length=160)
    phone = blocks.CharBlock(label=_("Phone"), required=False, max_length=30)
    email = blocks.EmailBlock(label=_("E-mail"), required=False)

    class Meta:
        icon = "user"
        label = _("Person")


class HelpersBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    helpers = blocks.ListBlock(HelperBlock(), label=_("People who help"), min_num=1)

    class Meta:
        icon = "group"
        label = _("Who helps")
        description = _("The people one can call or meet to write an application.")
        template = "calls/blocks/helpers.html"
        preview_value = {
            "heading": "Qui peut vous aider",
            "helpers": [
                {
                    "name": "Nadia Fournel",
                    "role": "ambassadrice, lycées du littoral",
                    "phone": "03 00 00 00 00",
                }
            ],
        }


class CallPageBlocks(EditorialBlocks):
    audience = AudienceBlock()
    rules = RulesBlock()
    helpers = HelpersBlock()

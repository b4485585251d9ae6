"""The blocks that every editorial page may use. Pages add their own; none takes raw HTML.

Each block has a French name for the editor, a short description and a preview, and renders with a
template of ``templates/core/blocks/``.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]


class TextBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("A heading and some paragraphs.")
        template = "core/blocks/text.html"
        preview_value = {"heading": "Pourquoi ce programme", "text": "<p>Un texte court et clair.</p>"}


class KeyFigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=40)
    label = blocks.CharBlock(label=_("What it counts"), max_length=120)
    source = blocks.CharBlock(label=_("Source and date"), required=False, max_length=160)

    class Meta:
        icon = "order"
        label = _("Figure")


class KeyFiguresBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    figures = blocks.ListBlock(KeyFigureBlock(), label=_("Figures"), min_num=1, max_num=4)

    class Meta:
        icon = "order"
        label = _("Figures")
        description = _("One to four figures, each with its unit, its source and its date.")
        template = "core/blocks/figures.html"
        preview_value = {
            "heading": "En chiffres",
            "figures": [{"value": "6", "label": "projets accompagnés", "source": "Jury du 7 juillet 2020"}],
        }


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=80)
    text = blocks.TextBlock(label=_("What happens"), rows=2)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2, max_num=8)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        description = _("A numbered list: what happens, in order.")
        template = "core/blocks/steps.html"
        preview_value = {
            "heading": "Comment ça marche",
            "steps": [
                {"title": "Vous racontez le problème", "text": "Vingt minutes, sur votre téléphone."},
                {"title": "Un jury choisit", "text": "Vous recevez une réponse, toujours."},
            ],
        }


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=160)
    answer = blocks.RichTextBlock(label=_("Answer"), features=["bold", "italic", "ul", "ol", "link"])

    class Meta:
        icon = "help"
        label = _("Question")


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions and answers"), min_num=1)

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        description = _("Questions that open on their answers.")
        template = "core/blocks/questions.html"
        preview_value = {
            "heading": "Vos questions",
            "questions": [{"question": "Faut-il savoir coder ?", "answer": "<p>Non.</p>"}],
        }


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock(label=_("Words"), rows=3)
    who = blocks.CharBlock(label=_("Who says it"), required=False, max_length=120)

    class Meta:
        icon = "openquote"
        label = _("Words of someone")
        description = _("A sentence that someone said, with who and what they do.")
        template = "core/blocks/quote.html"
        preview_value = {"quote": "Je connais le terrain, cela suffit.", "who": "Une ergonome"}


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("An image with its text alternative and a caption.")
        template = "core/blocks/picture.html"


class EditorialBlocks(blocks.StreamBlock):
    """What every content page offers to its editor."""

    text = TextBlock()
    steps = StepsBlock()
    figures = KeyFiguresBlock()
    questions = QuestionsBlock()
    quote = QuoteBlock()
    picture = PictureBlock()

    class Meta:
        block_counts = {"figures": {"max_num": 2}}

"""What every form of the site shares: crispy markup without its own form tag."""

from crispy_forms.helper import FormHelper


class PlainForm:
    """Mix into a form shown with ``{% crispy form %}`` inside a ``<form>`` that the template writes itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.include_media = False

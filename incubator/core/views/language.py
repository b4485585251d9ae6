"""The choice of language: a cookie for everyone; accounts keeps it for people too."""

from django.conf import settings
from django.dispatch import Signal
from django.views.i18n import set_language

# Sent when a visitor or a person chooses a language. Arguments: request, language (a code of LANGUAGES).
language_chosen = Signal()


def choose_language(request):
    response = set_language(request)
    language = request.POST.get("language", "")
    if request.method == "POST" and language in dict(settings.LANGUAGES):
        language_chosen.send(sender=None, request=request, language=language)
    return response

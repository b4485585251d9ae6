from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from incubator.core.views import health, jobs, journal, language, look, outbox

app_name = "core"

urlpatterns = [
    path("sante/", health.health, name="health"),
    path("langue/", login_not_required(csrf_exempt(language.choose_language)), name="set_language"),
    path("theme-<slug:fingerprint>.css", look.theme_css, name="theme"),
    path("composants/", look.components, name="components"),
    path("lettres/", outbox.outbox, name="outbox"),
    path("lettres/approuver/", outbox.approve_many, name="letters_approve"),
    path("lettres/imprimer/", outbox.print_all, name="letters_print"),
    path("lettres/remises/", outbox.handed_over, name="letters_handed_over"),
    path("lettres/<uuid:uuid>/", outbox.letter, name="letter"),
    path("lettres/<uuid:uuid>/corriger/", outbox.edit, name="letter_edit"),
    path("lettres/<uuid:uuid>/imprimer/", outbox.print_one, name="letter_print"),
    path("lettres/<uuid:uuid>/<slug:action>/", outbox.act, name="letter_act"),
    path("travaux/", jobs.failed, name="jobs"),
    path("travaux/<uuid:uuid>/<slug:action>/", jobs.act, name="job_act"),
    path("journal/", journal.journal, name="journal"),
]

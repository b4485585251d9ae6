from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from incubator.core.views import health, look

app_name = "core"

urlpatterns = [
    path("sante/", health.health, name="health"),
    path("langue/", login_not_required(set_language), name="set_language"),
    path("theme-<slug:fingerprint>.css", look.theme_css, name="theme"),
    path("composants/", look.components, name="components"),
]

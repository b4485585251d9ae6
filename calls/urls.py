"""Addresses of calls and applications. The calls' own pages, /appels/ and /appels/<code>/, are Wagtail's."""

from django.urls import path

from calls.views import apply, completion, follow, history, page, paper, signing_in, team
from calls.views.manage import bulk, dossier, exporting, joining, lists, redirections

app_name = "calls"

urlpatterns = [
    path("appels/flux.atom", page.feed, name="feed"),
    path("appels/<slug:code>/", page.call_page, name="page"),
    path("appels/<slug:code>/calendrier.ics", page.calendar, name="calendar"),
    path("appels/<slug:code>/carte.png", page.card, name="card"),
    path("appels/<slug:code>/formulaire/", page.paper_form, name="paper_form"),
    path("appels/<slug:code>/apercu/", paper.preview, name="preview"),
    path("appels/<slug:code>/papier/", paper.enter, name="paper"),
    path("appels/<slug:code>/candidater/", apply.begin, name="begin"),
    path("appels/<slug:code>/candidatures/", lists.applications, name="applications"),
    path("appels/<slug:code>/candidatures/vues/", lists.views, name="views"),
    path("appels/<slug:code>/candidatures/ensemble/", bulk.act, name="bulk"),
    path("appels/<slug:code>/candidatures/ensemble/<uuid:key>/", bulk.done, name="bulk_done"),
    path("reorientations/<uuid:uuid>/", redirections.answer, name="redirection"),
    path("reorientations/<uuid:uuid>/reprendre/", redirections.take_back, name="take_back"),
    path("appels/<slug:code>/candidatures/export.<str:format>", exporting.export, name="export"),
    path("appels/<slug:code>/candidatures/exporter/", exporting.options, name="export_options"),
    path("candidatures/exports/<uuid:uuid>/", exporting.progress, name="export_progress"),
    path("candidatures/exports/<uuid:uuid>/fichier/", exporting.download, name="export_file"),
    path("candidatures/", follow.mine, name="mine"),
    path("candidatures/recues/", lists.received, name="received"),
    path("candidatures/oublier/", apply.forget, name="forget"),
    path("candidatures/code/", team.join, name="type_code"),
    path("candidatures/a-moi/", signing_in.claim, name="claim"),
    path("candidatures/invitations/<uuid:invitation>/", team.invitation, name="invitation"),
    path("candidatures/places/<int:pk>/", follow.answer_place, name="answer_place"),
    path("candidatures/<uuid:uuid>/", follow.follow, name="follow"),
    path("candidatures/<uuid:uuid>/equipe/", team.team, name="team"),
    path("candidatures/<uuid:uuid>/a-plusieurs/", team.people, name="people"),
    path("candidatures/<uuid:uuid>/textes/", history.texts, name="texts"),
    path("candidatures/<uuid:uuid>/completer/", completion.complete, name="complete"),
    path("candidatures/<uuid:uuid>/demander/", completion.ask, name="ask_completion"),
    path("candidatures/<uuid:uuid>/demander/fin/", completion.close, name="close_completion"),
    path("candidatures/<uuid:uuid>/hierarchie/", follow.manager_answer, name="manager_answer"),
    path("candidatures/<uuid:uuid>/relecture/", apply.review, name="review"),
    path("candidatures/<uuid:uuid>/deposer/", apply.submit, name="submit"),
    path("candidatures/<uuid:uuid>/recepisse/", follow.receipt, name="receipt"),
    path("candidatures/<uuid:uuid>/retirer/", follow.withdraw, name="withdraw"),
    path("candidatures/<uuid:uuid>/dossier/", dossier.application, name="application"),
    path("candidatures/<uuid:uuid>/recevable/", dossier.eligible, name="eligible"),
    path("candidatures/<uuid:uuid>/notes/", dossier.note, name="note"),
    path("candidatures/<uuid:uuid>/ecrire/", dossier.write, name="write"),
    path("candidatures/<uuid:uuid>/reorienter/", redirections.hand_over, name="redirect"),
    path("candidatures/<uuid:uuid>/joindre/", joining.choose, name="join"),
    path("candidatures/<uuid:uuid>/joindre/<uuid:other>/", joining.join, name="join_with"),
    path("candidatures/<uuid:uuid>/fichiers/<slug:key>/", follow.attachment, name="attachment"),
    path("candidatures/<uuid:uuid>/<slug:step>/", apply.step, name="step"),
]

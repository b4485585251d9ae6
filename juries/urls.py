from django.urls import path

from juries.views import (
    anonymity,
    answers,
    calibration,
    corrections,
    coverage,
    decisions,
    deliberating,
    links,
    organiser,
    preparation,
    results,
    scoring,
    sittings,
    tie_breaks,
)

app_name = "juries"

urlpatterns = [
    path("jurys/", sittings.index, name="list"),
    path("jurys/nouveau/", preparation.new, name="new"),
    path("jurys/<slug:code>/", sittings.detail, name="detail"),
    # Preparation
    path("jurys/<slug:code>/modifier/", preparation.edit, name="edit"),
    path("jurys/<slug:code>/membres/", preparation.members, name="members"),
    path("jurys/<slug:code>/membres/<int:pk>/retirer/", preparation.remove_seat, name="remove_seat"),
    path("jurys/<slug:code>/projets/", preparation.hearings, name="hearings"),
    path(
        "jurys/<slug:code>/projets/<uuid:hearing>/retirer/", preparation.remove_hearing, name="remove_hearing"
    ),
    path("jurys/<slug:code>/ordre/", preparation.order, name="order"),
    path("jurys/<slug:code>/ouvrir/", preparation.open_scoring, name="open_scoring"),
    path("jurys/<slug:code>/horaires/", preparation.hours, name="hours"),
    path("jurys/<slug:code>/copier/", preparation.copy, name="copy"),
    path("jurys/<slug:code>/agenda.ics", sittings.diary, name="diary"),
    path("jurys/<slug:code>/annuler/", preparation.cancel, name="cancel"),
    path("jurys/<slug:code>/lecteurs/", coverage.board, name="coverage"),
    path("jurys/<slug:code>/lecteurs/<uuid:hearing>/", coverage.give, name="give_dossier"),
    path("jurys/<slug:code>/lecteurs/<uuid:hearing>/lien/<int:seat>/lever/", coverage.lift, name="lift_link"),
    path("jurys/<slug:code>/noms/", anonymity.names, name="names"),
    path("jurys/<slug:code>/noms/<uuid:hearing>/", anonymity.redact, name="redact"),
    path("jurys/<slug:code>/essai/", calibration.page, name="calibration"),
    path("jurys/<slug:code>/essai/ecrire/", calibration.write, name="calibration_write"),
    path("jurys/<slug:code>/essai/confier/", calibration.give, name="calibration_give"),
    path("jurys/<slug:code>/essai/montrer/", calibration.show, name="calibration_show"),
    # Scoring
    path("jurys/<slug:code>/liens/", links.declare, name="links"),
    path("jurys/<slug:code>/noter/", scoring.next_hearing, name="score_next"),
    path("jurys/<slug:code>/noter/<uuid:hearing>/", scoring.score, name="score"),
    path("jurys/<slug:code>/noter/<uuid:hearing>/deport/", scoring.recuse, name="recuse"),
    path("jurys/<slug:code>/noter/<uuid:hearing>/historique/", organiser.own_history, name="own_history"),
    # Following the scoring
    path("jurys/<slug:code>/avancement/", organiser.follow, name="follow"),
    path("jurys/<slug:code>/liasse/<int:pk>/", organiser.pack, name="pack"),
    path("jurys/<slug:code>/papier/<int:pk>/", organiser.paper_list, name="paper_list"),
    path("jurys/<slug:code>/papier/<int:pk>/<uuid:hearing>/", organiser.paper_grid, name="paper_grid"),
    path("jurys/<slug:code>/historique/", organiser.history, name="history"),
    # Results
    path("jurys/<slug:code>/resultats/", results.board, name="results"),
    path("jurys/<slug:code>/resultats/carte/", results.heat, name="heat"),
    path("jurys/<slug:code>/relancer/", results.remind, name="remind"),
    path("jurys/<slug:code>/notes.csv", results.scores_csv, name="scores_csv"),
    path("jurys/<slug:code>/notes.xlsx", results.scores_xlsx, name="scores_xlsx"),
    path("jurys/<slug:code>/notes.json", results.scores_json, name="scores_json"),
    # Comparing a few projects two by two
    path("jurys/<slug:code>/departages/nouveau/", tie_breaks.new, name="tie_break_new"),
    path("jurys/<slug:code>/departages/<int:number>/", tie_breaks.show, name="tie_break"),
    path("jurys/<slug:code>/departages/<int:number>/clore/", tie_breaks.close, name="tie_break_close"),
    path("jurys/<slug:code>/departages/<int:number>/repondre/", tie_breaks.answer, name="tie_break_answer"),
    path(
        "jurys/<slug:code>/departages/<int:number>/bulletins/", tie_breaks.ballots, name="tie_break_ballots"
    ),
    path(
        "jurys/<slug:code>/departages/<int:number>/bulletins/<int:seat>/",
        tie_breaks.enter,
        name="tie_break_enter",
    ),
    # Deliberation and decisions
    path("jurys/<slug:code>/deliberation/", decisions.begin, name="deliberation"),
    path("jurys/<slug:code>/seance/", deliberating.enter, name="enter"),
    path("jurys/<slug:code>/seance/<uuid:hearing>/", deliberating.room, name="room"),
    path("jurys/<slug:code>/seance/<uuid:hearing>/minuteur/", deliberating.timer, name="timer"),
    path("jurys/<slug:code>/seance/<uuid:hearing>/note/", deliberating.note, name="note"),
    path("jurys/<slug:code>/seance/<uuid:hearing>/apres-coup/", deliberating.let_late, name="let_late"),
    path("jurys/<slug:code>/presence/", deliberating.presence, name="presence"),
    path("jurys/<slug:code>/noter/<uuid:hearing>/apres-coup/", deliberating.late_marks, name="late_marks"),
    path("jurys/<slug:code>/retours/<uuid:hearing>/", answers.write, name="feedback"),
    path("jurys/<slug:code>/reponses/", answers.board, name="answers"),
    path("jurys/<slug:code>/rectificatif/<uuid:hearing>/", corrections.write, name="correct"),
    path("jurys/<slug:code>/rectificatif/<uuid:hearing>/accord/", corrections.agree, name="correct_agree"),
    path(
        "jurys/<slug:code>/rectificatif/<uuid:hearing>/abandon/", corrections.give_up, name="correct_give_up"
    ),
    path("jurys/<slug:code>/decisions/", decisions.board, name="decisions"),
    path("jurys/<slug:code>/decisions/<uuid:hearing>/", decisions.decide, name="decide"),
    path("jurys/<slug:code>/accords/", decisions.sign_off_page, name="sign_off"),
    path("jurys/<slug:code>/accords/<uuid:hearing>/", decisions.sign_off, name="sign_off_one"),
    path("jurys/<slug:code>/prononcer/", decisions.pronounce, name="pronounce"),
    path("jurys/<slug:code>/pv.pdf", decisions.minutes_pdf, name="minutes_pdf"),
    path("jurys/<slug:code>/pv/", decisions.minutes, name="minutes"),
]

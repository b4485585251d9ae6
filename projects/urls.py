from django.urls import path

from projects.views import acts, cohort_budget, fast_track, follow_up, impact_acts, screens

app_name = "projects"

urlpatterns = [
    path("projets/", screens.mine, name="mine"),
    path("projets/<slug:code>/", screens.detail, name="detail"),
    path("projets/<slug:code>/carnet/", screens.notebook, name="notebook"),
    path("projets/<slug:code>/impact/", screens.impact, name="impact"),
    path("projets/<slug:code>/impact/<int:indicator>/serie.csv", screens.series, name="series"),
    path("projets/<slug:code>/jalons/nouveau/", acts.PlanMilestone.as_view(), name="milestone"),
    path("projets/<slug:code>/jalons/<int:pk>/", acts.ReachMilestone.as_view(), name="reach"),
    path("projets/<slug:code>/rencontres/nouvelle/", acts.LogMeeting.as_view(), name="meeting"),
    path("projets/<slug:code>/engagement/", acts.SignCommitment.as_view(), name="commitment"),
    path("projets/<slug:code>/equipe/nouveau/", acts.AddMember.as_view(), name="member"),
    path("projets/<slug:code>/equipe/<int:pk>/depart/", acts.EndMembership.as_view(), name="member_end"),
    path("projets/<slug:code>/accompagnement/nouveau/", acts.AssignCompanion.as_view(), name="companion"),
    path("projets/<slug:code>/modifier/", acts.EditProject.as_view(), name="edit"),
    path("projets/<slug:code>/demarrer/", acts.StartPreincubation.as_view(), name="start"),
    path("projets/<slug:code>/phase/demarrer/", acts.StartPhase.as_view(), name="start_phase"),
    path("projets/<slug:code>/retrait/", acts.Withdraw.as_view(), name="withdraw"),
    path("projets/<slug:code>/suspendre/", acts.Suspend.as_view(), name="suspend"),
    path("projets/<slug:code>/reprendre/", acts.Resume.as_view(), name="resume"),
    path("projets/<slug:code>/reveiller/", acts.Wake.as_view(), name="wake"),
    path("projets/<slug:code>/indicateurs/nouveau/", impact_acts.CreateIndicator.as_view(), name="indicator"),
    path("projets/<slug:code>/indicateurs/<int:pk>/cible/", impact_acts.SetTarget.as_view(), name="target"),
    path(
        "projets/<slug:code>/indicateurs/<int:pk>/valeur/", impact_acts.AddMeasure.as_view(), name="measure"
    ),
    path("projets/<slug:code>/valeurs/<int:pk>/", impact_acts.CorrectMeasure.as_view(), name="correct"),
    path("projets/<slug:code>/budget/", impact_acts.AddBudgetLine.as_view(), name="budget"),
    path("projets/<slug:code>/publier/", impact_acts.PublishImpact.as_view(), name="publish"),
    path("projets/<slug:code>/apprentissages/", acts.WritePostMortem.as_view(), name="post_mortem"),
    path("projets/<slug:code>/voie-rapide/", fast_track.AskFastTrack.as_view(), name="fast_track"),
    path(
        "projets/<slug:code>/voie-rapide/<int:pk>/",
        fast_track.AnswerFastTrack.as_view(),
        name="fast_track_answer",
    ),
    path(
        "projets/<slug:code>/voie-rapide/<int:pk>/retirer/",
        fast_track.WithdrawFastTrack.as_view(),
        name="fast_track_withdraw",
    ),
    path("promotions/<slug:code>/budget/", cohort_budget.cohort_budget, name="cohort_budget"),
    path("budget/<int:pk>/retirer/", cohort_budget.line_back, name="budget_line_back"),
    path("suites/<str:token>/", follow_up.told, name="follow_up_told"),
    path("projets/<slug:code>/suivi/<int:pk>/", acts.RecordFollowUp.as_view(), name="follow_up"),
    path("projets/<slug:code>/suivi/<int:pk>/preuve/", follow_up.proof, name="follow_up_proof"),
]

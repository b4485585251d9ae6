from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CallsConfig(AppConfig):
    name = "calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from calls import acts, notifications, panels, tasks  # noqa: F401 - models are ready only now
        from calls.domain.texts import read_after_submission
        from calls.views.signing_in import claim_drafts
        from calls.workflow import application_workflow
        from incubator.core import journal

        journal.describe(acts.WORDS)
        notifications.register()
        panels.register()
        application_workflow.listen(read_after_submission)
        user_logged_in.connect(claim_drafts, dispatch_uid="calls.claim_drafts")

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "incubator.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from incubator.accounts.registrations import register_all

        register_all()

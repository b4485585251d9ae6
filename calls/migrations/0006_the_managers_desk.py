import uuid

import django.db.models.deletion
import modelsearch.index
from django.conf import settings
from django.db import migrations, models

import incubator.core.clock
from incubator.core.triggers import append_only


def ask_to_read_texts(apps, schema_editor):
    """Applications that are here already are read for the search by the worker."""
    if apps.get_model("calls", "Application").objects.exclude(state="draft").exists():
        apps.get_model("core", "Job").objects.create(kind="calls.read_all_texts", payload={})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("calls", "0005_grace_extension_and_share_image"),
        ("core", "0002_append_only_triggers"),
        ("projects", "0002_append_only_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicationNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="note")),
                (
                    "created_at",
                    models.DateTimeField(default=incubator.core.clock.now, verbose_name="written at"),
                ),
            ],
            options={
                "verbose_name": "note on an application",
                "verbose_name_plural": "notes on applications",
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ApplicationText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "words of an application",
                "verbose_name_plural": "words of applications",
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("eligible", "Declare eligible"),
                            ("message", "Write to the teams"),
                            ("phoned", "Note that the answer was said by phone"),
                            ("printed", "Note that the answer was printed and handed over"),
                        ],
                        max_length=20,
                        verbose_name="act",
                    ),
                ),
                ("created_at", models.DateTimeField(default=incubator.core.clock.now)),
                ("done", models.JSONField(default=list)),
                ("left_out", models.JSONField(default=list)),
                ("letters", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "act on several applications",
                "verbose_name_plural": "acts on several applications",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Redirection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("recipient_name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "recipient_address",
                    models.CharField(blank=True, max_length=254, verbose_name="e-mail or phone"),
                ),
                ("reason", models.TextField(verbose_name="reason, as the author reads it")),
                (
                    "with_names",
                    models.BooleanField(
                        default=False, verbose_name="the author agrees that their name is passed on"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="answer expected before")),
                ("created_at", models.DateTimeField(default=incubator.core.clock.now)),
                (
                    "answer_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("will_do", "We will act on it"),
                            ("exists", "A solution already exists"),
                            ("talk", "We would like to talk about it"),
                            ("not_possible", "It is not possible for now"),
                            ("not_ours", "Somebody else should answer"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="answer",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer in words")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back at")),
                ("reminders", models.PositiveSmallIntegerField(default=0, verbose_name="reminders written")),
            ],
            options={
                "verbose_name": "redirection",
                "verbose_name_plural": "redirections",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name of the view")),
                (
                    "query",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="filters, as the address says them"
                    ),
                ),
                ("created_at", models.DateTimeField(default=incubator.core.clock.now)),
            ],
            options={
                "verbose_name": "kept view",
                "verbose_name_plural": "kept views",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["call", "answer_due_on", "id"], name="application_due"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["call", "submitted_at", "id"], name="application_arrival"),
        ),
        migrations.AddField(
            model_name="applicationnote",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="calls.application",
                verbose_name="application",
            ),
        ),
        migrations.AddField(
            model_name="applicationnote",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="applicationtext",
            name="application",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="text",
                to="calls.application",
                verbose_name="application",
            ),
        ),
        migrations.AddField(
            model_name="applicationtext",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="calls.call"
            ),
        ),
        migrations.AddField(
            model_name="bulkact",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bulkact",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="calls.call"
            ),
        ),
        migrations.AddField(
            model_name="redirection",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redirections",
                to="calls.application",
                verbose_name="application",
            ),
        ),
        migrations.AddField(
            model_name="redirection",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="redirection",
            name="directorate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.directorate",
                verbose_name="directorate",
            ),
        ),
        migrations.AddField(
            model_name="redirection",
            name="recipient",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redirections_received",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="redirection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at__isnull", True), ("cancelled_at__isnull", True)),
                fields=("application",),
                name="redirection_one_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="redirection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer_kind", ""), ("answered_at__isnull", True)),
                    models.Q(("answered_at__isnull", False), models.Q(("answer_kind", ""), _negated=True)),
                    _connector="OR",
                ),
                name="redirection_answered_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="saved_view_once"),
        ),
        append_only("calls_applicationnote"),
        migrations.RunPython(ask_to_read_texts, migrations.RunPython.noop),
    ]

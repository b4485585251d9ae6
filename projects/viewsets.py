"""What a manager configures in the Wagtail admin: programmes, cohorts, roles, sizes of populations."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSetGroup

from incubator.accounts.models import User
from incubator.accounts.viewsets import person_chooser
from incubator.core.viewsets import ScopedModelViewSet
from projects import rules
from projects.domain import impact, programmes
from projects.enums import ProgrammeRoleKind
from projects.models import Cohort, Population, Programme, ProgrammeRole


class ProgrammeViewSet(ScopedModelViewSet):
    model = Programme
    icon = "group"
    view_rule = staticmethod(rules.can_open_admin)
    create_rule = staticmethod(rules.can_create_programme)
    update_rule = staticmethod(rules.can_manage_programme)
    create_verb = staticmethod(programmes.create_programme)
    update_verb = staticmethod(programmes.update_programme)
    form_fields = [
        "name",
        "code",
        "summary",
        "time_zone",
        "phone",
        "email",
        "uses_preselection",
        "uses_hackathon",
        "preincubation_months",
        "extension_months",
        "max_extensions",
        "committee_every_months",
        "answer_within_working_days",
    ]
    list_display = ["name", "code", "phone", "preincubation_months"]
    list_export = ["code", "name", "phone", "email", "preincubation_months", "max_extensions"]
    search_fields = ["name", "code"]


class CohortViewSet(ScopedModelViewSet):
    model = Cohort
    icon = "calendar"
    view_rule = staticmethod(rules.can_open_admin)
    create_rule = staticmethod(rules.can_create_programme)
    update_rule = staticmethod(lambda user, cohort: rules.can_manage_programme(user, cohort.programme))
    create_verb = staticmethod(programmes.create_cohort)
    update_verb = staticmethod(programmes.update_cohort)
    form_fields = ["programme", "name", "code", "preincubation_starts_on", "objectives", "note"]
    list_display = ["name", "code", "programme", "preincubation_starts_on"]
    list_export = ["code", "name", "programme", "preincubation_starts_on"]
    list_filter = ["programme"]
    search_fields = ["name", "code"]

    def list_queryset(self, queryset):
        return queryset.select_related("programme")


class ProgrammeRoleViewSet(ScopedModelViewSet):
    """Who runs, sponsors or partners a programme. A role is given or ended, never edited."""

    model = ProgrammeRole
    icon = "key"
    object_name = "role"
    menu_label = _("Roles in a programme")
    view_rule = staticmethod(rules.can_open_admin)
    create_rule = staticmethod(rules.can_create_programme)
    delete_rule = staticmethod(
        lambda user, role: rules.can_give_programme_role(user, role.programme, role.role)
    )
    create_verb = staticmethod(programmes.grant_programme_role)
    delete_verb = staticmethod(programmes.end_programme_role)
    form_fields = ["programme", "user", "role"]
    inspect_view_fields = ["programme", "user", "role", "granted_by", "granted_at", "ended_at"]
    list_display = ["user", "role", "programme", "granted_at", "ended_at"]
    list_export = ["user", "role", "programme", "granted_at", "ended_at"]
    list_filter = ["programme", "role"]

    def list_queryset(self, queryset):
        return queryset.select_related("user", "programme").order_by("ended_at", "programme", "pk")

    def prepare_form(self, form, user):
        form.fields["user"].widget = person_chooser.widget_class()
        form.fields["user"].queryset = User.objects.visible_to(user)
        if not rules.is_admin(user):
            form.fields["role"].choices = [
                choice
                for choice in form.fields["role"].choices
                if choice[0] != ProgrammeRoleKind.SPONSOR.value
            ]


class PopulationViewSet(ScopedModelViewSet):
    """Groups with a known size, counted once for every project: the denominators of percentages."""

    model = Population
    icon = "list-ul"
    view_rule = staticmethod(rules.can_open_admin)
    create_rule = staticmethod(rules.can_create_programme)
    update_rule = staticmethod(lambda user, population: rules.can_create_programme(user))
    create_verb = staticmethod(impact.create_population)
    update_verb = staticmethod(impact.update_population)
    form_fields = ["name", "size", "counted_on", "source"]
    list_display = ["name", "size", "counted_on", "source"]
    list_export = ["name", "size", "counted_on", "source"]
    search_fields = ["name", "source"]


class IncubatorGroup(ModelViewSetGroup):
    menu_label = _("Incubator")
    menu_icon = "group"
    menu_order = 100
    items = (
        ProgrammeViewSet("programmes"),
        CohortViewSet("cohorts"),
        ProgrammeRoleViewSet("programme_roles", url_prefix="programme-roles"),
        PopulationViewSet("populations"),
    )

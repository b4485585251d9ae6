"""The manager's list of applications: who leads, the clock of each, the words that are searched."""

from dataclasses import dataclass

from django.db.models import Count, DateTimeField, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from modelsearch.query import PlainText
from wagtail.search.backends import get_search_backend

from calls.enums import ApplicantRole, ApplicationState, Channel
from calls.folding import fold
from calls.models import Applicant, Application, ApplicationText, Call, SavedView
from incubator.accounts.models import Directorate, Workplace
from incubator.core import clock, words
from incubator.core.calendar import working_days_between
from projects.enums import Stage


@dataclass(frozen=True)
class Column:
    """One column of the list: its name in an address, its head, what a phone says before it, and how it sorts."""

    name: str
    label: str
    said: str = ""
    key: str = ""
    kind: str = "text"
    shown: bool = True  # before anyone chooses
    optional: bool = True


COLUMNS = (
    Column("titre", gettext_lazy("Application"), key="sort_title", optional=False),
    Column("porteur", gettext_lazy("Led by"), gettext_lazy("led by"), key="sort_lead"),
    Column("direction", gettext_lazy("Directorate"), key="sort_directorate"),
    Column("lieu", gettext_lazy("Workplace"), key="sort_workplace", shown=False),
    Column("personnes", gettext_lazy("Persons"), key="people", kind="number", shown=False),
    Column("canal", gettext_lazy("How"), key="channel", shown=False),
    Column("arrivee", gettext_lazy("Came in"), gettext_lazy("came in on"), key="submitted_at", kind="moment"),
    Column("etat", gettext_lazy("State"), key="state"),
    Column("reponse", gettext_lazy("Answer"), key="answer_due_on", kind="day"),
)
BY_NAME = {column.name: column for column in COLUMNS}
FIRST_ORDER = "arrivee"


def sorted_by(text: str) -> tuple[Column, bool]:
    """The column and whether it runs backwards; what is not a column is the order of arrival."""
    name, backwards = text.removeprefix("-"), text.startswith("-")
    return (BY_NAME[name], backwards) if name in BY_NAME else (BY_NAME[FIRST_ORDER], False)


def chosen_columns(names: list[str]) -> list[Column]:
    """The columns asked for, in the order of the list; those shown by themselves when none is."""
    wanted = set(names) & set(BY_NAME)
    return [c for c in COLUMNS if not c.optional or (c.name in wanted if wanted else c.shown)]


def applications_of_call(user, call: Call):
    """Submitted applications of a call that this person may read."""
    return Application.objects.visible_to(user).sent().filter(call=call).select_related("project")


def with_clock(applications, *, all_wait: bool):
    """The applications with ``waits`` and ``answered_at``; ``all_wait``: the list holds only those that wait,
    so that the database needs not be asked again of each."""
    if all_wait:
        return applications.annotate(waits=Value(True), answered_at=Value(None, output_field=DateTimeField()))
    return applications.with_waits().with_answered_at()


def with_sort_key(applications, column: Column):
    """The applications with what the column sorts by; only the columns that need it cost a look at the team."""
    lead = Applicant.objects.filter(application=OuterRef("pk"), role=ApplicantRole.LEAD).order_by("pk")
    first = {
        "sort_title": lambda: Lower("title"),
        "sort_lead": lambda: _text(lead.annotate(key=Lower("last_name")).values("key")[:1]),
        "sort_directorate": lambda: _text(lead.values("directorate__name")[:1]),
        "sort_workplace": lambda: _text(lead.values("workplace__name")[:1]),
        "people": team_size,
    }
    return applications.annotate(**{column.key: first[column.key]()}) if column.key in first else applications


def _text(subquery):
    return Coalesce(Subquery(subquery), Value(""))


def team_size():
    """How many people stand in the team of an application, as an expression."""
    team = Applicant.objects.filter(application=OuterRef("pk")).order_by().values("application")
    return Coalesce(Subquery(team.annotate(n=Count("pk")).values("n")), Value(0))


def with_team(applications):
    """The applications with their people: one more query, whatever their number."""
    team = Applicant.objects.select_related("directorate", "workplace").order_by("pk")
    return applications.prefetch_related(Prefetch("applicants", queryset=team))


def places() -> tuple[list, list]:
    """Directorates and workplaces, as choices, by name. One query for both."""
    directorates = Directorate.objects.annotate(sort=Value("d")).order_by()
    workplaces = Workplace.objects.annotate(sort=Value("w")).order_by()
    rows = directorates.values_list("sort", "pk", "name").union(
        workplaces.values_list("sort", "pk", "name"), all=True
    )
    found = {"d": [], "w": []}
    for sort, pk, name in rows:
        found[sort].append((str(pk), name))
    return tuple(sorted(group, key=lambda row: row[1].lower()) for group in found.values())


def saved_views(user) -> list[SavedView]:
    return list(SavedView.objects.visible_to(user))


# -- Search ----------------------------------------------------------------------------------------


def that_say(text: str) -> Q | None:
    """Applications whose title or answers hold these words (or begin with the last one), whose receipt number it
    is, or in whose team someone is called so. None when there is no word in it."""
    bare = text.replace("\x00", "").strip()
    folded = fold(bare)
    if not folded:
        return None
    found = Q(pk__in=_texts(folded)) | Q(receipt_number__iexact=bare)
    return found | Q(pk__in=Applicant.objects.filter(_named(bare)).values("application"))


def _texts(folded: str):
    """The applications found by the search backend, as a subquery; PostgreSQL and SQLite alike."""
    backend = get_search_backend()
    texts = ApplicationText.objects.all()
    whole = backend.search(PlainText(folded, operator="and"), texts, order_by_relevance=False)
    begun = backend.autocomplete(PlainText(folded, operator="and"), texts, order_by_relevance=False)
    ids = [result.get_queryset().order_by().values("application") for result in (whole, begun)]
    return Application.objects.filter(Q(pk__in=ids[0]) | Q(pk__in=ids[1])).values("pk")


def _named(text: str) -> Q:
    named = Q()
    for word in text.split()[:4]:
        named &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    return named


# -- The clock of an application -------------------------------------------------------------------


@dataclass(frozen=True)
class Wait:
    """How long someone has waited, and how long until the promised day, in words."""

    since: str
    left: str
    is_late: bool


def wait_of(application: Application) -> Wait:
    """The clock of an application whose team still waits."""
    today = clock.today()
    waited = (today - timezone.localtime(application.submitted_at).date()).days
    left = working_days_between(today, application.answer_due_on)
    return Wait(
        since=ngettext("%(count)d day", "%(count)d days", waited) % {"count": waited}
        if waited
        else _("less than a day"),
        left=_left(left),
        is_late=left < 0,
    )


def _left(days: int) -> str:
    if days < 0:
        return ngettext("late by %(count)d working day", "late by %(count)d working days", -days) % {
            "count": -days
        }
    if days == 0:
        return _("due today")
    return ngettext("%(count)d working day left", "%(count)d working days left", days) % {"count": days}


# -- Rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """What one column says of one application: a text, or a member shown as a badge."""

    column: Column
    text: str = ""
    badge: object = None
    note: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Row:
    application: Application
    cells: list[Cell]


def rows_of(applications, columns: list[Column]) -> list[Row]:
    """What the list says of each application of a page; no query."""
    asked = [column for column in columns if column.optional]
    return [Row(one, [_cell(one, column) for column in asked]) for one in applications]


def _cell(application: Application, column: Column) -> Cell:
    people = list(application.applicants.all())
    lead = next((person for person in people if person.role == ApplicantRole.LEAD), None)
    texts = {
        "porteur": lambda: lead.name if lead else "",
        "direction": lambda: str(lead.directorate or "") if lead else "",
        "lieu": lambda: str(lead.workplace or "") if lead else "",
        "personnes": lambda: (
            ngettext("%(count)d person", "%(count)d persons", len(people)) % {"count": len(people)}
        ),
        "canal": lambda: Channel(application.channel).label,
        "arrivee": lambda: words.day(application.submitted_at),
    }
    if column.name in texts:
        return Cell(column, texts[column.name]())
    if column.name == "etat":
        return Cell(column, badge=state_of(application))
    if not application.waits:
        told = application.answered_at
        return Cell(column, _("given on %(day)s") % {"day": words.day(told)} if told else "—")
    wait = wait_of(application)
    return Cell(
        column, _("waiting for %(span)s") % {"span": wait.since}, note=wait.left, is_late=wait.is_late
    )


def state_of(application: Application):
    """Until a body decides, the application's own state says more than its project's stage."""
    if application.project.stage == Stage.APPLIED or application.state == ApplicationState.JOINED:
        return ApplicationState(application.state)
    return Stage(application.project.stage)

"""What ``/composants/`` shows: each component with invented content and the tag that makes it."""

from datetime import date
from decimal import Decimal

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incubator.core import badges, charts, words
from incubator.core.forms import PlainForm
from incubator.core.path import Branch, Path, Stop


class SampleState(models.TextChoices):
    """One member for each tint."""

    NEUTRAL = "neutral", gettext_lazy("In preparation")
    ACTIVE = "active", gettext_lazy("Open")
    WAITING = "waiting", gettext_lazy("Waiting for the jury")
    GOOD = "good", gettext_lazy("Sustained")
    ENDED = "ended", gettext_lazy("Closed")


badges.register({member: member.value for member in SampleState})


class SampleForm(PlainForm, forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title of your project"),
        max_length=80,
        help_text=gettext_lazy("A few words that your colleagues understand."),
    )
    problem = forms.CharField(
        label=gettext_lazy("What is the problem?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("150 words at most."),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where do you see it?"),
        choices=[
            ("", "—"),
            ("school", gettext_lazy("In a school")),
            ("office", gettext_lazy("In an office")),
        ],
    )
    level = forms.ChoiceField(
        label=gettext_lazy("How often?"),
        widget=forms.RadioSelect,
        choices=[
            (1, gettext_lazy("1: hardly ever")),
            (2, gettext_lazy("2: every month")),
            (3, gettext_lazy("3: every day")),
        ],
    )
    since = forms.DateField(
        label=gettext_lazy("Since when?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    call_me = forms.BooleanField(label=gettext_lazy("I would like to be called back"), required=False)


def whole_path() -> Path:
    return Path(
        title=_("Path of a project"),
        stops=(
            Stop(_("Application"), "done", words.day(date(2020, 1, 31))),
            Stop(_("Preselection"), "done", words.day(date(2020, 2, 14))),
            Stop(_("Hackathon"), "done", words.day(date(2020, 3, 5))),
            Stop(
                _("Pre-incubation"),
                "now",
                _("since %(day)s") % {"day": words.day(date(2020, 4, 1))},
                _("planned for three months"),
            ),
            Stop(_("Jury"), "next", words.day(date(2020, 7, 7))),
        ),
        branch=Branch(
            _("Six possible futures"),
            (
                Stop(_("Territorial startup"), "planned", icon="bloom"),
                Stop(_("Internal startup"), "planned", icon="bloom"),
                Stop(_("In-house incubator"), "planned", icon="bloom"),
                Stop(_("Three more months"), "planned", icon="pause"),
                Stop(_("Ordinary project mode"), "planned", icon="handover"),
                Stop(_("Stop, with what was learnt"), "planned", icon="end"),
            ),
        ),
    )


def followed_path() -> Path:
    return Path(
        title=_("Path of a project that became a startup"),
        stops=(
            Stop(_("Application"), "done", words.day(date(2020, 1, 31))),
            Stop(_("Preselection"), "done", words.day(date(2020, 2, 14))),
            Stop(_("Hackathon"), "skipped"),
            Stop(_("Pre-incubation"), "done", _("three months")),
            Stop(_("Jury"), "done", words.day(date(2020, 7, 7))),
            Stop(_("Territorial startup"), "now", _("construction"), icon="bloom"),
            Stop(_("Committee"), "next", words.day(date(2021, 1, 12))),
        ),
    )


def ended_path() -> Path:
    return Path(
        title=_("Path of a project that stopped"),
        stops=(
            Stop(_("Application"), "done"),
            Stop(_("Preselection"), "done"),
            Stop(_("Hackathon"), "done"),
            Stop(_("Pre-incubation"), "done"),
            Stop(_("Jury"), "done"),
            Stop(
                _("Stopped"), "now", words.day(date(2020, 7, 7)), _("what was learnt is public"), icon="end"
            ),
        ),
    )


def sample_charts() -> list[charts.Chart]:
    return [
        charts.Trajectory(
            title=_("Agents of the schools who open the messages"),
            finding=_("From 15% to 40% in ten months; the target of 35% was passed in June."),
            unit="%",
            baseline=15,
            points=[
                charts.Point(date(2019, 9, 15), 15, "B", _("sample of 400")),
                charts.Point(date(2019, 12, 15), 21, "C"),
                charts.Point(date(2020, 3, 10), 24, "C"),
                charts.Point(date(2020, 6, 20), 37, "A", _("register of the mail server")),
                charts.Point(date(2020, 7, 20), 40, "A", _("register of the mail server")),
            ],
            targets=[charts.Flag(date(2020, 6, 30), 35, _("Jury"))],
            events=[charts.Event(date(2020, 3, 17), _("Lockdown"))],
        ),
        charts.Funnel(
            title=_("A cohort, from the call to the jury"),
            finding=_("6 of 9 preselected projects reached pre-incubation (66.7%)."),
            steps=[_("Call"), _("Preselection"), _("Hackathon")],
            series=[
                charts.Series(_("Persons"), [19, None, None]),
                charts.Series(_("Applications"), [13, None, None]),
                charts.Series(_("Projects"), [13, 9, 6]),
            ],
        ),
        charts.Bars(
            title=_("Decisions of July"),
            finding=_("Two projects were handed over; each other future was chosen once."),
            bars=[
                charts.Bar(_("Territorial startup"), 1),
                charts.Bar(_("Internal startup"), 1),
                charts.Bar(_("In-house incubator"), 1),
                charts.Bar(_("Three more months"), 1),
                charts.Bar(_("Ordinary project mode"), 2),
            ],
        ),
        charts.Ranges(
            title=_("Marks of a jury"),
            finding=_("The jurors are furthest apart on “Shared cars”."),
            start=1,
            end=5,
            ticks=[(mark, str(mark)) for mark in range(1, 6)],
            ranges=[
                charts.Range(_("Shared cars"), Decimal("3.4"), _("3.4 (from 2 to 4.8)"), 2, Decimal("4.8")),
                charts.Range(
                    _("One form"), Decimal("4.1"), _("4.1 (from 3.8 to 4.5)"), Decimal("3.8"), Decimal("4.5")
                ),
            ],
        ),
        charts.Bullet(
            title=_("Opening of messages"),
            finding=_("40% where 35% was promised; it was 15%."),
            reference=Decimal("15"),
            now=Decimal("40"),
            target=Decimal("35"),
            unit="%",
        ),
    ]

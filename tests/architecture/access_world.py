"""One small world in which each role has a person, and each kind of address an object that is somebody's.

The author wrote the application and leads the project; the coach accompanies it; the juror and the
president sit in the jury that scores it; the manager runs its programme, the other manager another one.
"""

from decimal import Decimal
from functools import cached_property

from incubator.accounts.enums import Role

ROLES = (
    "visitor", "stranger", "author", "coach", "juror", "president",
    "manager", "other_manager", "sponsor", "ambassador", "admin",
)  # fmt: skip


class World:
    def __init__(self, client_for):
        from projects.enums import Stage, TeamRole
        from tests.factories import accounts, calls, projects
        from tests.factories.juries import World as Jury

        self._client_for = client_for
        self.jury = Jury(projects=1, jurors=2)
        programme = self.jury.programme
        author = projects.make_person("Autrice", email="autrice@region.example")
        coach = projects.make_person("Coach")
        self.people = {
            "visitor": None,
            "stranger": projects.make_person("Inconnue"),
            "author": author,
            "coach": coach,
            "juror": self.jury.jurors[0],
            "president": self.jury.president,
            "manager": self.jury.manager,
            "other_manager": projects.make_manager(projects.make_programme()),
            "sponsor": projects.make_sponsor(),
            "ambassador": accounts.make_person(roles=(Role.AMBASSADOR,)),
            "admin": accounts.make_admin(),
        }
        self.call = calls.make_call(programme=programme, manager=self.jury.manager)
        self.application = calls.make_application(call=self.call, user=author)
        self.draft = calls.make_draft(call=self.call, user=author)
        self.jury.open_scoring()
        self.project = projects.make_project(
            Stage.PREINCUBATION, cohort=self.jury.cohort, team=[(author, TeamRole.LEAD)], coach=coach
        )
        self._clients = {}

    def client(self, role: str):
        if role not in self._clients:
            self._clients[role] = self._client_for(self.people[role])
        return self._clients[role]

    @cached_property
    def tie_break(self):
        """Two projects compared in another sitting of the same people, which is in deliberation."""
        from juries.domain import sittings, tie_breaks

        jury = self.jury
        sitting = sittings.prepare_sitting(
            actor=jury.manager, programme=jury.programme, cohort=jury.cohort, gate=jury.sitting.gate,
            body="Jury de départage", starts_at=jury.sitting.starts_at, grid_version=jury.grid,
        )  # fmt: skip
        sittings.add_seat(actor=jury.manager, sitting=sitting, user=jury.president, role="president")
        for juror in jury.jurors:
            sittings.add_seat(actor=jury.manager, sitting=sitting, user=juror)
        hearings = [
            sittings.add_hearing(actor=jury.manager, sitting=sitting, project=jury.open_project(title))
            for title in ("Projet Y", "Projet Z")
        ]
        sittings.open_scoring(actor=jury.manager, sitting=sitting)
        sittings.begin_deliberation(actor=jury.president, sitting=sitting, present=jury.everyone)
        return tie_breaks.open_tie_break(actor=jury.president, sitting=sitting, hearings=hearings)

    @cached_property
    def milestone(self):
        return self.project.milestones.first() or self._plan()

    def _plan(self):
        from incubator.core import clock
        from projects.domain.work import plan_milestone

        return plan_milestone(
            actor=self.people["manager"], project=self.project, title="Dix entretiens", kind="checkpoint",
            due_on=clock.today(),
        )  # fmt: skip

    @cached_property
    def indicator(self):
        from projects.domain.impact import create_indicator

        return create_indicator(
            actor=self.people["manager"],
            project=self.project,
            name="Heures rendues",
            question="Combien d’heures les agents regagnent-ils ?",
            level="impact",
            unit="count",
            direction="increase",
        )

    @cached_property
    def measure(self):
        from incubator.core import clock
        from projects.domain.impact import add_measure

        return add_measure(
            actor=self.people["manager"],
            indicator=self.indicator,
            value=Decimal(12),
            period_end=clock.today(),
            quality="D",
            source="Relevé de l’équipe",
        )

    @cached_property
    def question(self):
        from datetime import timedelta

        from incubator.core import clock
        from projects.domain.fast_track import ask

        return ask(
            actor=self.people["author"],
            project=self.project,
            question="Pouvons-nous lire l’annuaire des sites ?",
            why="Sans lui, l’essai ne commence pas.",
            answer_by=clock.today() + timedelta(days=5),
        )

    @cached_property
    def follow_up(self):
        from projects.enums import Stage
        from tests.factories.projects import make_project

        return make_project(Stage.HANDED_OVER).follow_ups.first()

    @cached_property
    def redirection(self):
        """Handed to someone with an account, who has no role here."""
        from datetime import timedelta

        from calls.domain.redirections import redirect_application
        from incubator.core import clock
        from tests.factories import accounts, calls

        return redirect_application(
            actor=self.people["manager"],
            application=calls.make_application(call=self.call, user=accounts.make_person()),
            directorate=accounts.make_directorate(),
            recipient=accounts.make_person(),
            reason="La direction peut agir.",
            due_on=clock.today() + timedelta(days=20),
        )

    @cached_property
    def other_application(self):
        from tests.factories import accounts, calls

        return calls.make_application(call=self.call, user=accounts.make_person())

    @cached_property
    def bulk_act(self):
        from uuid import uuid4

        from calls.domain.bulk import act_on_many

        return act_on_many(
            actor=self.people["manager"],
            call=self.call,
            kind="message",
            chosen=[self.application.pk],
            key=uuid4(),
            subject="Bonjour",
            text="Nous lisons votre candidature.",
        )

    @cached_property
    def invitation(self):
        from calls.domain.invitations import invite

        return invite(actor=self.people["author"], application=self.draft, email="ailleurs@region.example")

    @cached_property
    def export(self):
        from calls.domain.exports import order_export

        return order_export(actor=self.people["manager"], call=self.call, format_="csv", total=1)

    @cached_property
    def failed_job(self):
        from incubator.core.models import Job

        return Job.objects.create(kind="core.deliver_letter", payload={"letter": 0}, state=Job.State.FAILED)

    @cached_property
    def letter(self):
        from incubator.core.models import Letter

        return Letter.objects.order_by("pk").first()

    def arguments(self, name: str, wanted: set[str]) -> dict:
        """What the address is about: always something of the author's, in the manager's programme."""
        space = name.partition(":")[0]
        if not wanted:
            return {}
        if space == "projects":
            pks = {"reach": "milestone", "target": "indicator", "measure": "indicator", "correct": "measure"}
            known = {"code": self.project.code}
            if name == "projects:cohort_budget":
                known["code"] = self.jury.cohort.code
            if "token" in wanted:
                from projects.notifications import follow_up_token

                known["token"] = follow_up_token(self.follow_up)
            if "indicator" in wanted:
                known["indicator"] = self.indicator.pk
            if "pk" in wanted:
                short = name.partition(":")[2]
                if short in {"fast_track_answer", "fast_track_withdraw"}:
                    known["pk"] = self.question.pk
                elif short in pks:
                    known["pk"] = getattr(self, pks[short]).pk
                elif short == "member_end":
                    known["pk"] = self.project.memberships.first().pk
                else:
                    known["pk"] = 1
        elif space == "calls":
            drafts = {"calls:step", "calls:team", "calls:review", "calls:submit"}
            application = self.draft if name in drafts else self.application
            known = {
                "code": self.call.code,
                "uuid": application.uuid,
                "key": "photo",
                "step": "probleme",
                "pk": 1,
                "format": "csv",
            }
            if name in ("calls:redirection", "calls:take_back"):
                known["uuid"] = self.redirection.uuid
            if name == "calls:bulk_done":
                known["key"] = self.bulk_act.key
            if name == "calls:join_with":
                known["other"] = self.other_application.uuid
            if "invitation" in wanted:
                known["invitation"] = self.invitation.uuid
            if name in ("calls:export_progress", "calls:export_file"):
                known["uuid"] = self.export.uuid
        elif space == "juries":
            known = {
                "code": self.jury.sitting.code,
                "hearing": self.jury.hearings[0].uuid,
                "pk": self.jury.sitting.seats.last().pk,
                "seat": self.jury.sitting.seats.last().pk,
            }
            if "tie_break" in name:
                sitting = self.tie_break.sitting
                seat = sitting.seats.get(user=self.jury.jurors[1])
                known |= {"code": sitting.code, "number": self.tie_break.number, "seat": seat.pk}
        elif space == "core":
            known = {"uuid": self.letter.uuid, "action": "approuver", "fingerprint": "0" * 12}
            if name == "core:job_act":
                known |= {"uuid": self.failed_job.uuid, "action": "relancer"}
        elif space == "home":
            known = {"persona": "nobody", "code": self.call.code}
        else:
            known = {"uuid": self.people["author"].uuid}
        return {argument: known[argument] for argument in wanted}

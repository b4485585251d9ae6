"""Letters of this room: the answer to each member of a team, held until a person has read it."""

from incubator.core import letters
from projects.enums import Outcome

LETTER_KINDS = {outcome: f"decision.{outcome.value}" for outcome in Outcome}


def write_decision_letters(*, actor, sitting, decision) -> list:
    """One letter for each member of the team, whatever their channel; writing twice makes one."""
    project = decision.hearing.project
    written = []
    members = project.memberships.filter(left_on__isnull=True).select_related("user").order_by("pk")
    for member in members:
        written.append(
            letters.write(
                kind=LETTER_KINDS[Outcome(decision.outcome)],
                key=f"decision-{decision.pk}-{member.user_id}",
                recipient=member.user,
                context={
                    "name": str(member.user),
                    "project": project.title,
                    "body": sitting.body,
                    "outcome": str(decision.get_outcome_display()),
                    "reason": decision.reason,
                    "next_decision_on": project.next_decision_on,
                },
                about=project,
                actor=actor,
            )
        )
    return written

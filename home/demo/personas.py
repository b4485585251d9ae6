"""The nine people as whom a visitor of the demonstration may enter: codes stay, words are translations."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Persona:
    code: str
    username: str
    label: Any
    sentence: Any


PERSONAS: dict[str, Persona] = {
    persona.code: persona
    for persona in [
        Persona(
            "agent",
            "lina.moreau",
            _("Agent"),
            _("Lina, secretary in a lycée: finish an application, follow it."),
        ),
        Persona(
            "agent-sans-mel",
            "yvon.kerdal",
            _("Agent without a work e-mail"),
            _("Yvon, cook in a lycée: apply with a phone, get the answer by text message."),
        ),
        Persona(
            "intrapreneur",
            "sabine.ferrand",
            _("Intrapreneur"),
            _("Sabine, in pre-incubation: note meetings, reach the milestones, prepare the jury."),
        ),
        Persona(
            "coach",
            "karim.oudin",
            _("Coach"),
            _("Karim: follow two teams, note a meeting in one minute."),
        ),
        Persona(
            "jure",
            "odile.maurin",
            _("Juror"),
            _("Odile: read the applications and score them, between two meetings."),
        ),
        Persona(
            "presidence",
            "bernard.lestang",
            _("President of the jury"),
            _("Bernard: compare, prepare each decision, then pronounce them all."),
        ),
        Persona(
            "responsable",
            "helene.vasseur",
            _("Programme manager"),
            _("Hélène: run the calls, the sittings, the letters and the projects."),
        ),
        Persona(
            "dgs",
            "philippe.arnoult",
            _("Chief executive's office"),
            _("Philippe: read the portfolio, agree to the decisions that commit money."),
        ),
        Persona(
            "ambassade",
            "mireille.tanguy",
            _("Ambassador"),
            _("Mireille: spread the call and help colleagues apply."),
        ),
    ]
}

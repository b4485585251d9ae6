"""What each outcome must record, and whether a decision records it.

``DEMANDS[outcome]`` says what to ask; :func:`check` says, in a sentence by field, what is missing or wrong.
The form of the sitting and the verb that applies the outcome use the same two. Demands are plain JSON:
days are written ``2020-10-07``, amounts ``"50000.00"``, whole numbers as numbers, persons by their full name
(the person who takes a project over may have no account here).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from projects.dates import months_after, parse_day
from projects.enums import ENGAGING_OUTCOMES, OUTCOMES_BY_GATE, Gate, MeasureRole, Outcome, StopReason

TEXT, LONG_TEXT, DATE, AMOUNT, CHOICE, PERSON, INTEGER = (
    "text",
    "long_text",
    "date",
    "amount",
    "choice",
    "person",
    "integer",
)
POSTPONED_AT_MOST_MONTHS = 2
COMMITTEE_EVERY_MONTHS = 6
POST_MORTEM_WITHIN_DAYS = 30
FOLLOW_UP_MONTHS: dict[Outcome, tuple[int, ...]] = {Outcome.HAND_OVER: (6, 12), Outcome.SUSTAIN: (6, 12, 24)}
MAX_LENGTH = {TEXT: 200, PERSON: 150, LONG_TEXT: 4000}
MAX_AMOUNT = Decimal("9999999999.99")  # what the column of a budget line holds


@dataclass(frozen=True)
class Demand:
    """One thing that an outcome records. ``choices`` are (code, label) pairs, for the kind ``choice``."""

    key: str
    label: Any
    kind: str
    required: bool = True
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


def _criterion() -> Demand:
    return Demand(
        "criterion",
        _("What will count as a success in six months"),
        LONG_TEXT,
        help=_("One sentence that can be checked on the day of the next committee."),
    )


def _next_committee() -> Demand:
    return Demand("next_committee_on", _("Next committee on"), DATE)


def _work_dates() -> tuple[Demand, ...]:
    return (
        Demand("starts_on", _("Work starts on"), DATE),
        Demand(
            "ends_on",
            _("First step planned until"),
            DATE,
            required=False,
            help=_("Left empty: six months after the start."),
        ),
    )


def _baseline_reason() -> Demand:
    return Demand(
        "no_baseline_reason",
        _("Why no indicator has a baseline yet"),
        LONG_TEXT,
        required=False,
        help=_(
            "Only when the project has no indicator with a baseline: every project leaves with a measure."
        ),
    )


_YES_NO = (("yes", _("Yes")), ("no", _("No")))

DEMANDS: dict[Outcome, tuple[Demand, ...]] = {
    Outcome.RETAIN: (
        Demand(
            "starts_on",
            _("Pre-incubation planned from"),
            DATE,
            required=False,
            help=_("Only for a selection. Left empty: the date of the cohort."),
        ),
        Demand(
            "ends_on",
            _("Pre-incubation planned until"),
            DATE,
            required=False,
            help=_("Left empty: the length set by the programme."),
        ),
    ),
    Outcome.NOT_THIS_TIME: (
        Demand(
            "keep_for_next_call",
            _("Keep for the next call"),
            CHOICE,
            required=False,
            choices=_YES_NO,
            help=_("We will propose the next call to the team."),
        ),
    ),
    Outcome.REDIRECT: (
        Demand("department", _("Department that can act"), TEXT),
        Demand("recipient", _("Person to write to"), PERSON, required=False),
    ),
    Outcome.STARTUP_TERRITORY: (
        Demand("amount_min", _("Amount, or lowest amount, in euros"), AMOUNT),
        Demand(
            "amount_max",
            _("Highest amount, in euros"),
            AMOUNT,
            required=False,
            help=_("Only for a range."),
        ),
        Demand("months", _("For how many months"), INTEGER),
        Demand("partner", _("Partner"), TEXT),
        Demand(
            "convention", _("Agreement with the partner"), TEXT, help=_("Its number, or where it stands.")
        ),
        _criterion(),
        *_work_dates(),
        _next_committee(),
        _baseline_reason(),
    ),
    Outcome.STARTUP_INTERNAL: (
        Demand("share_of_time", _("Share of the team's working time, in %"), INTEGER),
        Demand("host", _("Department that hosts it"), TEXT),
        Demand("partner", _("Partner"), TEXT, required=False),
        _criterion(),
        *_work_dates(),
        _next_committee(),
        _baseline_reason(),
    ),
    Outcome.STARTUP_INCUBATOR: (
        Demand("linked_project", _("Strategic project it is linked to"), TEXT),
        Demand("role_given", _("Role given to the intrapreneurs"), LONG_TEXT),
        *_work_dates(),
        _next_committee(),
        _baseline_reason(),
    ),
    Outcome.EXTEND: (
        Demand("open_question", _("The question that is still open"), LONG_TEXT),
        Demand("evidence", _("What must be shown by then"), LONG_TEXT),
        Demand("ends_on", _("Extended until"), DATE),
    ),
    Outcome.HAND_OVER: (
        Demand("department", _("Department that takes over"), TEXT),
        Demand("recipient", _("Person who takes over"), PERSON, help=_("First name and last name.")),
        Demand("handed_over", _("What is handed over"), LONG_TEXT),
        Demand("team_after", _("What becomes of the intrapreneurs"), LONG_TEXT),
        _baseline_reason(),
    ),
    Outcome.STOP: (
        Demand("stop_reason", _("Main reason"), CHOICE, choices=tuple(StopReason.choices)),
        Demand("learning", _("What was learnt"), LONG_TEXT),
    ),
    Outcome.ADJOURN: (
        Demand("missing_proof", _("What is missing to decide"), LONG_TEXT),
        Demand("next_decision_on", _("New date of decision"), DATE, help=_("Within two months.")),
    ),
    Outcome.CONTINUE: (
        _next_committee(),
        Demand("criterion", _("What is expected by then"), LONG_TEXT, required=False),
    ),
    Outcome.NEXT_MATURITY: (_criterion(), *_work_dates(), _next_committee()),
    Outcome.PROVISIONAL: (
        Demand("missing_proof", _("The proof to bring"), LONG_TEXT),
        Demand("next_committee_on", _("Next committee on"), DATE, help=_("Within two months.")),
    ),
    Outcome.DORMANT: (
        Demand("proven_impact", _("The impact that was proven"), LONG_TEXT),
        Demand("technical_file", _("Where the technical file stands"), TEXT),
        Demand("restart_condition", _("What would let it start again"), LONG_TEXT),
    ),
    Outcome.SUSTAIN: (
        Demand("department", _("Department that runs it from now on"), TEXT),
        Demand("recipient", _("Person in charge"), PERSON, help=_("First name and last name.")),
        Demand("budget_line", _("Budget line"), TEXT, required=False),
    ),
    Outcome.GRANTED: (
        Demand("granted", _("What is granted"), LONG_TEXT, help=_("As the team may use it, word for word.")),
        Demand("amount", _("Amount, in euros"), AMOUNT, required=False, help=_("Only if money is granted.")),
    ),
    Outcome.REFUSED: (Demand("instead", _("What the team can do instead"), LONG_TEXT, required=False),),
}

# Outcomes that leave pre-incubation alive: a measure of impact goes with the project, or a reason why not.
NEEDS_BASELINE = ENGAGING_OUTCOMES | {Outcome.HAND_OVER}


def offered(gate, project=None) -> tuple[Outcome, ...]:
    """The outcomes that a body may give at ``gate``, for this project when one is given."""
    gate = Gate(gate)
    outcomes = OUTCOMES_BY_GATE[gate]
    if project is None:
        return outcomes
    allowed = project.programme.max_extensions
    if gate == Gate.PREINCUBATION_END and allowed == 0:
        return tuple(outcome for outcome in outcomes if outcome != Outcome.EXTEND)
    if gate == Gate.EXTENSION_END and allowed > 1:
        return (*outcomes[:3], Outcome.EXTEND, *outcomes[3:])
    return outcomes


def proposals(outcome, on: date | None = None) -> dict[str, date]:
    """What the form offers before anyone has typed: a committee every six months, a proof within two."""
    on = on or clock.today()
    if any(demand.key == "next_committee_on" for demand in DEMANDS[Outcome(outcome)]):
        short = outcome == Outcome.PROVISIONAL
        return {
            "next_committee_on": months_after(
                on, POSTPONED_AT_MOST_MONTHS if short else COMMITTEE_EVERY_MONTHS
            )
        }
    return {}


def has_baseline(project) -> bool:
    """Whether an indicator of the project has a value from before the intervention."""
    return project.indicators.filter(measures__role=MeasureRole.BASELINE).exists()


def check(
    *, gate, outcome, reason: str, demands: Mapping[str, Any], project, on: date | None = None
) -> dict[str, Any]:
    """What is missing or wrong in a decision, as sentences by field; empty when it may be applied.

    Fields are ``outcome``, ``reason`` and the keys of the demands. ``on`` is the day of the decision
    (today when not given). An unknown gate or outcome is a programming error and raises ValueError.
    """
    gate, outcome, on = Gate(gate), Outcome(outcome), on or clock.today()
    errors: dict[str, Any] = {}
    if outcome not in offered(gate, project):
        return {"outcome": _("This body cannot give this outcome here. Choose one of those offered.")}
    if len((reason or "").split()) < 3:
        errors["reason"] = _("Write the reason in one sentence at least: the team will read it.")
    values: dict[str, Any] = {}
    known = {demand.key for demand in DEMANDS[outcome]}
    for key in demands:
        if key not in known:
            errors[key] = format_lazy(_("“{key}” does not belong to this outcome."), key=key)
    for demand in DEMANDS[outcome]:
        value, sentence = _read(demand, demands.get(demand.key))
        if sentence:
            errors[demand.key] = sentence
        elif value is not None:
            values[demand.key] = value
    for key, sentence in _check_dates(outcome, values, on).items():
        errors.setdefault(key, sentence)
    for key, sentence in _check_figures(values).items():
        errors.setdefault(key, sentence)
    if (
        outcome in NEEDS_BASELINE
        and gate != Gate.COMMITTEE
        and not values.get("no_baseline_reason")
        and "no_baseline_reason" not in errors
        and not has_baseline(project)
    ):
        errors["no_baseline_reason"] = _(
            "No indicator of this project has a baseline. Add one, or write here why there is none."
        )
    return errors


def read(outcome, demands: Mapping[str, Any]) -> dict[str, Any]:
    """The checked demands as Python values (date, Decimal, int, str), without the empty ones."""
    values = ((demand.key, _read(demand, demands.get(demand.key))[0]) for demand in DEMANDS[Outcome(outcome)])
    return {key: value for key, value in values if value is not None}


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Python values as the plain JSON that a decision keeps."""
    return {
        key: value.isoformat()
        if isinstance(value, date)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for key, value in values.items()
        if value not in (None, "")
    }


def _read(demand: Demand, raw: Any) -> tuple[Any, Any]:
    """The value and no sentence, or None and what is wrong."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None, _("Fill in this field: the outcome must record it.") if demand.required else None
    readers = {DATE: _read_date, AMOUNT: _read_amount, INTEGER: _read_integer, CHOICE: _read_choice}
    return readers.get(demand.kind, _read_text)(demand, raw)


def _read_text(demand: Demand, raw: Any) -> tuple[Any, Any]:
    text = str(raw).strip()
    if demand.kind == PERSON and len(text.split()) < 2:
        return None, _("Write the first name and the last name of the person.")
    longest = MAX_LENGTH[demand.kind]
    if len(text) > longest:
        return None, format_lazy(_("Too long: {most} characters at most."), most=longest)
    return text, None


def _read_date(demand: Demand, raw: Any) -> tuple[Any, Any]:
    day = parse_day(raw)
    return (day, None) if day else (None, _("This is not a date. Write it as 2020-10-07."))


def _read_amount(demand: Demand, raw: Any) -> tuple[Any, Any]:
    try:
        amount = Decimal(
            str(raw).replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
        )
    except InvalidOperation:
        return None, _("This is not an amount. Write it as 50000 or 50000,00.")
    if not amount.is_finite() or amount < 0 or amount > MAX_AMOUNT:
        return None, _("This amount is not possible. Write it in euros, from 0 up.")
    return amount.quantize(Decimal("0.01")), None


def _read_integer(demand: Demand, raw: Any) -> tuple[Any, Any]:
    try:
        number = int(str(raw).strip())
    except ValueError:
        return None, _("Write a whole number.")
    return (number, None) if number > 0 else (None, _("Write a number above 0."))


def _read_choice(demand: Demand, raw: Any) -> tuple[Any, Any]:
    if raw in {code for code, _label in demand.choices}:
        return raw, None
    return None, _("Choose one of the answers offered.")


def _check_dates(outcome: Outcome, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts and starts < on:
        errors["starts_on"] = _("The work cannot start before the decision. Choose a later day.")
    if ends and ends <= (starts or on):
        errors["ends_on"] = _("The end comes before the start. Correct one of the two dates.")
    key = "next_committee_on" if "next_committee_on" in values else "next_decision_on"
    day = values.get(key)
    if day and day <= on:
        errors[key] = _("The next date must come after the decision.")
    if (
        day
        and outcome in {Outcome.ADJOURN, Outcome.PROVISIONAL}
        and day > months_after(on, POSTPONED_AT_MOST_MONTHS)
    ):
        errors[key] = _("A decision is postponed by two months at most. Choose an earlier day.")
    return errors


def _check_figures(values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    lowest, highest = values.get("amount_min"), values.get("amount_max")
    if highest is not None and lowest is not None and highest < lowest:
        errors["amount_max"] = _("The highest amount is below the lowest one. Correct one of the two.")
    if values.get("months", 1) > 60:
        errors["months"] = _("Write a number of months up to 60.")
    if values.get("share_of_time", 1) > 100:
        errors["share_of_time"] = _("A share of working time is 100% at most.")
    return errors


def post_mortem_due_on(stopped_on: date) -> date:
    """A stopped project owes what it learnt within thirty days."""
    return stopped_on + timedelta(days=POST_MORTEM_WITHIN_DAYS)

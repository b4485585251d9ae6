"""What every move of every workflow may do: move -> {state it starts from: states it may lead to}.

Written from the lifecycle that docs/architecture.md tells, not from the code: whoever changes one changes
both. Every pair that is not here must be refused.
"""

STARTUPS = ("startup_territory", "startup_internal", "startup_incubator")
RUNNING = ("applied", "preselected", "selected", "preincubation", *STARTUPS)
SUSPENDABLE = ("selected", "preincubation", *STARTUPS)


def each(states, target=None):
    """Every one of these states leads to ``target``, or to itself."""
    return {state: {target or state} for state in states}


def anywhere(state, targets):
    return {state: set(targets)}


PROJECT = {
    # Preselection and hackathon
    "preselection:retain": {"applied": {"preselected", "selected"}},
    "preselection:not_this_time": {"applied": {"not_selected"}},
    "preselection:redirect": {"applied": {"redirected"}},
    "hackathon:retain": each(("applied", "preselected"), "selected"),
    "hackathon:not_this_time": each(("applied", "preselected"), "not_selected"),
    "hackathon:redirect": each(("applied", "preselected"), "redirected"),
    # The six futures, and the postponement
    "preincubation_end:startup_territory": {"preincubation": {"startup_territory"}},
    "preincubation_end:startup_internal": {"preincubation": {"startup_internal"}},
    "preincubation_end:startup_incubator": {"preincubation": {"startup_incubator"}},
    "preincubation_end:extend": {"preincubation": {"preincubation"}},
    "preincubation_end:hand_over": {"preincubation": {"handed_over"}},
    "preincubation_end:stop": {"preincubation": {"stopped"}},
    "preincubation_end:adjourn": {"preincubation": {"preincubation"}},
    "extension_end:startup_territory": {"preincubation": {"startup_territory"}},
    "extension_end:startup_internal": {"preincubation": {"startup_internal"}},
    "extension_end:startup_incubator": {"preincubation": {"startup_incubator"}},
    "extension_end:extend": {"preincubation": {"preincubation"}},
    "extension_end:hand_over": {"preincubation": {"handed_over"}},
    "extension_end:stop": {"preincubation": {"stopped"}},
    "extension_end:adjourn": {"preincubation": {"preincubation"}},
    # Startup mode
    "committee:continue": each(STARTUPS),
    "committee:next_maturity": each(STARTUPS),
    "committee:provisional": each(STARTUPS),
    "committee:hand_over": each(STARTUPS, "handed_over"),
    "committee:stop": each(STARTUPS, "stopped"),
    "committee:dormant": each(STARTUPS, "dormant"),
    "committee:sustain": each(STARTUPS, "sustained"),
    # The sponsor answers alone
    "fast_track:granted": each(("selected", "preincubation", *STARTUPS)),
    "fast_track:refused": each(("selected", "preincubation", *STARTUPS)),
    # A correction goes back to where the decision found the project
    "correct": {
        state: {"applied", "preselected", "preincubation", *STARTUPS}
        for state in (
            "preselected",
            "selected",
            "preincubation",
            *STARTUPS,
            "not_selected",
            "redirected",
            "handed_over",
            "stopped",
            "dormant",
            "sustained",
        )
    },  # fmt: skip
    # What no body decides
    "redirect": each(("applied", "not_selected"), "redirected"),
    "merge": each(("applied", "preselected"), "merged"),
    "start": {"selected": {"preincubation"}},
    "start_phase": each(("preincubation", *STARTUPS)),
    "withdraw": each((*RUNNING, "suspended", "dormant"), "withdrawn"),
    "suspend": each(SUSPENDABLE, "suspended"),
    "resume": anywhere("suspended", SUSPENDABLE),
    "wake": anywhere("dormant", STARTUPS),
}

CALL = {
    "schedule": {"draft": {"scheduled"}},
    "unschedule": {"scheduled": {"draft"}},
    "open": each(("draft", "scheduled"), "open"),
    "close": {"open": {"closed"}},
    "reopen": {"closed": {"open"}},
    "archive": {"closed": {"archived"}},
}

APPLICATION = {
    "submit": {"draft": {"submitted"}},
    "enter_paper": {"draft": {"submitted"}},
    "ask_completion": {"submitted": {"to_complete"}},
    "complete": {"to_complete": {"submitted"}},
    "close_completion": {"to_complete": {"submitted"}},
    "declare_eligible": {"submitted": {"eligible"}},
    "undo_eligible": {"eligible": {"submitted"}},
    "join": each(("submitted", "to_complete", "eligible"), "joined"),
}

SITTING = {
    "open_scoring": {"preparing": {"scoring"}},
    "begin_deliberation": {"scoring": {"deliberating"}},
    "pronounce": {"deliberating": {"pronounced"}},
    "cancel": each(("preparing", "scoring", "deliberating"), "cancelled"),
}

TABLES = {
    "projects.lifecycle": PROJECT,
    "calls.call_workflow": CALL,
    "calls.application_workflow": APPLICATION,
    "juries.SITTING": SITTING,
}

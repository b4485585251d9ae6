"""The demonstration: a fictitious Region whose programme replays the documented facts of a real one.

Everything is made with the domain verbs, inside ``clock.at(...)``, so that the demonstration can
never show a state that the site itself would refuse.
"""

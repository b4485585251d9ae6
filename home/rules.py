"""Who opens which of the front door's rooms."""

from projects.rules import is_manager, is_partner, is_sponsor


def can_read_portfolio(user) -> bool:
    """Those who follow programmes: managers, sponsors, the chief executive's office, partners."""
    return is_sponsor(user) or is_manager(user) or is_partner(user)


def can_read_small_counts(user, programme) -> bool:
    """The managers of this programme know everybody by name; others read counts, masked when too small."""
    return is_manager(user, programme)


def can_read_budgets(user) -> bool:
    """Whether money has its column: on each line it is then asked again."""
    return is_sponsor(user) or is_manager(user)


def can_read_budget(user, project) -> bool:
    return is_sponsor(user, project.programme) or is_manager(user, project.programme)

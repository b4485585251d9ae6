"""Who opens which of the front door's rooms."""

from projects.rules import is_manager, is_partner, is_sponsor


def can_read_portfolio(user) -> bool:
    """Those who follow programmes: managers, sponsors, the chief executive's office, partners."""
    return is_sponsor(user) or is_manager(user) or is_partner(user)


def can_read_small_counts(user) -> bool:
    """Managers know everybody by name; others read counts, masked when they are too small."""
    return is_manager(user)


def can_read_budgets(user) -> bool:
    return is_sponsor(user) or is_manager(user)

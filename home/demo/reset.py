"""Empty a demonstration so that it can be loaded again, while the site is running."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError


def empty(*, is_demo: bool) -> None:
    """Empty every table; ``set_up_site`` then puts back the few rows that the migrations had made.

    Refused unless the site says of itself that it is a demonstration and its data is one.
    """
    if not settings.DEMO:
        raise CommandError("Only a demonstration (DEMO=1) may be emptied.")
    if not is_demo:
        raise CommandError(
            "This site has data of its own, which is not the demonstration: nothing was emptied."
        )
    call_command("flush", interactive=False, verbosity=0)

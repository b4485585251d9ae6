"""The row that every verb on a sitting holds while it acts."""

from juries.models import Sitting


def lock(sitting: Sitting) -> Sitting:
    """Hold the sitting's row until the transaction ends (a no-op on SQLite, where writers already queue)."""
    locked = Sitting.objects.select_for_update().values_list("state", flat=True).get(pk=sitting.pk)
    sitting.state = locked
    return sitting

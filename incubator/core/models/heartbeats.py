"""A sign of life of the background workers, for the health page."""

from django.db import models

from incubator.core import clock


class Heartbeat(models.Model):
    """One row a kind of worker; it says when it last swept the job table."""

    name = models.CharField(max_length=60, unique=True)
    beat_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return f"{self.name}: {self.beat_at:%Y-%m-%d %H:%M:%S}"

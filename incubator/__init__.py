"""The site. Importing it makes the Celery application the current one, so that tasks find their settings."""

from incubator.celery import app as celery_app

__all__ = ["celery_app"]

"""Structured logs: one JSON object a line, with the request's identifier and no personal data.

``LOG_FORMAT=json`` (the default of a real site) or ``plain`` (for people at a terminal).
"""

import json
import logging
from datetime import UTC, datetime

# What a record carries by itself; anything else was given by ``extra=`` and is part of the message.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Django attaches these to its own records: the request holds names, addresses and answers.
_NEVER = frozenset({"request", "server_time", "sql", "params", "duration", "alias"})


def _facts(record: logging.LogRecord) -> dict:
    return {name: value for name, value in vars(record).items() if name not in _USUAL and name not in _NEVER}


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        from incubator.core.middleware import request_id  # the formatter is configured before the apps

        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
            **_facts(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainFormatter(logging.Formatter):
    def __init__(self):
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        text = super().format(record)
        head, gap, tail = text.partition("\n")
        return f"{head} {facts}".rstrip() + gap + tail


def configuration(log_format: str, level: str) -> dict:
    """The ``LOGGING`` setting."""
    formatter = JsonFormatter if log_format == "json" else PlainFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            # Our own line a request says as much; Django's remains for what went wrong.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": False},
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "celery.app.trace": {"level": "WARNING"},  # a line for each sweep says nothing
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "django_tasks": {"level": "WARNING"},  # they run inside the request, whose own line says it
            "wagtail": {"level": "WARNING"},
        },
    }

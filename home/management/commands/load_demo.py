"""Load the demonstration: ``load_demo [--stage call|selection|incubation|all] [--reset]``."""

import logging

from django.core.management.base import BaseCommand, CommandError

from home.demo import replay
from home.demo.reset import empty


class Command(BaseCommand):
    help = "Load the demonstration with the site's own verbs. On a site that already has it, say so and stop."

    def add_arguments(self, parser):
        parser.add_argument("--stage", choices=replay.STAGES, default="all", help="how far the replay goes")
        parser.add_argument("--reset", action="store_true", help="empty the whole database first")

    def handle(self, *args, stage, reset, **options):
        if reset and (replay.is_loaded() or replay.has_real_data()):
            empty(is_demo=replay.is_loaded())
        if replay.is_loaded():
            self.stdout.write("The demonstration is already loaded: “load_demo --reset” starts it again.")
            return
        if replay.has_real_data():
            raise CommandError(
                "This site already has people or programmes of its own: the demonstration is not loaded."
            )
        logging.disable(logging.INFO)  # a thousand lines about pages and indexes say nothing here
        try:
            replay.load(stage=stage, say=self.stdout.write)
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(self.style.SUCCESS("The demonstration is loaded."))

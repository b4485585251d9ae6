from django.core.management.base import BaseCommand

from home.domain.site import set_up_site


class Command(BaseCommand):
    help = (
        "Make the pages that every site has: front door, calls, impact, compliance pages. Safe to run again."
    )

    def handle(self, *args, **options):
        home = set_up_site()
        self.stdout.write(f"{home.title}: {home.get_descendant_count() + 1} pages")

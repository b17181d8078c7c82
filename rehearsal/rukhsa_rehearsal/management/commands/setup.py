"""`rukhsa setup` in development: also a territory, services, people, keys and the ceremony of the trust list."""

from typing import Any

from django.core.management.base import BaseCommand

from rukhsa.catalogue.management.commands.services import Command as Services
from rukhsa.project.management.commands.setup import Command as OfTheProduct
from rukhsa.project.management.commands.setup import Steps
from rukhsa_rehearsal import ceremony


class Ceremony(BaseCommand):
    """Holds the ceremony of the trust list."""

    def handle(self, *args: Any, **options: Any) -> None:
        ceremony.hold()


class Command(OfTheProduct):
    def steps(self) -> Steps:
        """The steps of the product, and those with public keys, secrets and people, which production must not have."""
        return {
            **super().steps(),
            "territory": ("territory", "load"),
            # The catalogue's command, since that of the rehearsal imports everything.
            "services": (Services(), "publish", "--without-gate"),
            "people": ("cast",),
            "keys": ("keys", "create"),
            "trust list": (Ceremony(),),
            "public files": ("publish",),
        }

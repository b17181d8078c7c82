"""`rukhsa publish`: publish the trust list, the status lists and the logs now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rukhsa.issuance import publishing


class Command(BaseCommand):
    help = "Publish the trust list, the status lists and the logs now."

    def handle(self, *args: Any, **options: Any) -> None:
        publishing.everything(at=timezone.now())

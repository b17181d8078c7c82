"""`rukhsa addresses`: what stands in the register of addresses of one block."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rukhsa.places.models import Block
from rukhsa.places.register import registered_in


class Command(BaseCommand):
    help = "List the addresses of a block that stand in the register, and the instrument that entered each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("block", type=int, help="the number of the block, such as 317")

    def handle(self, *args: Any, block: int, **options: Any) -> None:
        if not Block.objects.filter(number=block).exists():
            raise CommandError(f"there is no block {block}")
        for entry in registered_in(block):
            flat = f"flat {entry.flat}, " if entry.flat else ""
            self.stdout.write(f"{flat}building {entry.building}, road {entry.road}: {entry.instrument}")

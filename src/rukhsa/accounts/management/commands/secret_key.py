"""Changing SECRET_KEY without a member of staff losing their one-time codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from rukhsa.accounts.second_factor import encrypt_again


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of one-time codes under the first key: then the keys of before may be dropped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser(
            "rotate", help="encrypt everything again; safe to repeat, and while the portal serves"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = encrypt_again()
        self.stdout.write(
            f"{count} secrets are encrypted under the first key; the keys of before may be dropped."
        )

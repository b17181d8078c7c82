"""`rukhsa publish`: publish the trust list, the status lists and the logs now, here or as files for any server."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rukhsa.errors import RukhsaError
from rukhsa.issuance import publishing, site
from rukhsa.objects import store_at
from rukhsa.trust import page_copy
from rukhsa.web.public import export

VERIFIER = "rukhsa.project.urls_public"


class Command(BaseCommand):
    help = "Publish the trust list, the status lists and the logs now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "With --to, everything that the verifier's page needs is written as files, which any file server or CDN\n"
            "may serve: the page, its scripts and fonts, and the public files. Only what changed is written, and what\n"
            "was cut off is finished by the next run.\n\n"
            "  rukhsa publish --to /srv/verifier\n"
            "  rukhsa publish --to s3://rukhsa-verifier/site\n\n"
            "With --check, nothing is written: each file of a copy is compared with the release that the log has.\n"
            "Anyone does the same with `python -m rukhsa.trust release`.\n\n"
            "  rukhsa publish --check https://v.mun.example/\n"
        )
        places = parser.add_mutually_exclusive_group()
        places.add_argument("--to", metavar="FOLDER|s3://BUCKET/PREFIX", help="where to write the files")
        places.add_argument(
            "--check", metavar="FOLDER|s3://BUCKET/PREFIX|URL", help="compare the files that are served there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["check"]:
            return self._check(options["check"], at)
        try:
            publishing.everything(at=at)
        except RukhsaError as error:
            raise CommandError(f"{error.code}: {error}") from error
        if not options["to"]:
            return
        try:
            copied = export.export(
                lambda headers: store_at(options["to"], settings.RUKHSA_S3, headers), urlconf=VERIFIER, at=at
            )
        except RukhsaError as error:
            raise CommandError(f"{options['to']}: {error}") from error
        self.stdout.write(f"{options['to']}: {copied.written} files written, {copied.left} as they were")

    def _check(self, place: str, at: datetime) -> None:
        """Compare a copy with the release that the log has. Exits with 1 where a file is another."""
        root = site.root_jwk()
        if root is None:
            raise CommandError("no root is pinned here yet: rukhsa trust-list publish")
        try:
            if place.startswith("s3://"):
                store = store_at(place, settings.RUKHSA_S3)
                found = page_copy.check(store.read, root, names=store.names(), at=at)
            else:
                found = page_copy.check_at(place, root, at=at)
        except RukhsaError as error:
            raise CommandError(f"{place}: {error}") from error
        self.stdout.write("\n".join(page_copy.told(place, found)))
        if not found.is_right:
            sys.exit(1)

"""`rukhsa publish`: publish the trust list, the status lists and the logs now, here or as files for any server."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rukhsa.errors import RukhsaError
from rukhsa.issuance import publishing
from rukhsa.objects import store_at
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
            "  rukhsa publish --to s3://rukhsa-verifier/site\n"
        )
        parser.add_argument("--to", metavar="FOLDER|s3://BUCKET/PREFIX", help="where to write the files")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        publishing.everything(at=at)
        if not options["to"]:
            return
        try:
            copied = export.export(
                lambda headers: store_at(options["to"], settings.RUKHSA_S3, headers), urlconf=VERIFIER, at=at
            )
        except RukhsaError as error:
            raise CommandError(f"{options['to']}: {error}") from error
        self.stdout.write(f"{options['to']}: {copied.written} files written, {copied.left} as they were")

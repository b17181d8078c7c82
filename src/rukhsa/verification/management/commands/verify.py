"""`rukhsa verify`: the verdict on a document by its number, at any moment."""

import json
import sys
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.trust.verdict import to_json
from rukhsa.verification.lookup import NoSuchDocument, by_number
from rukhsa.verification.own_verifier import time_zone


class Command(BaseCommand):
    help = (
        "Say what is true of a document with this number: an electronic one with its verification code, or a\n"
        "paper document of before, which has none. The exit code is 0 when it is valid or accepted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="as printed, such as CAP-RW-2026-004217-7")
        parser.add_argument("--code", default="", help="the verification code, such as K7QM-2XW9-4TRD-8HNP")
        parser.add_argument(
            "--at", help="a day (its noon) or a moment, such as 2020-12-31; now when not said"
        )
        parser.add_argument("--json", action="store_true", help="the whole verdict, for programs")

    def handle(self, *args: Any, number: str, code: str, at: str | None, **options: Any) -> None:
        try:
            verdict = by_number(number, code, at=_moment(at) if at else timezone.now())
        except NoSuchDocument:
            raise CommandError("no released document has this number with this code") from None
        if options["json"]:
            self.stdout.write(json.dumps(to_json(verdict), ensure_ascii=False))
        else:
            sentences = (verdict.sentence.en, verdict.because.en, verdict.policy_name.en)
            self.stdout.write(f"{verdict.word}: {' '.join(filter(None, sentences))}")
        sys.exit(0 if verdict.word in {"valid", "paper"} else 1)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a day such as 2020-12-31") from error
    if len(text) == len("2020-12-31"):
        moment = datetime.combine(moment.date(), time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=time_zone())

"""A condition that an agency sets is on the document, before its applicant, and in the verifier's answer."""

from datetime import timedelta

import pypdfium2
from django.utils import timezone

from rukhsa.applications import blobs
from rukhsa.review import condition, referral
from rukhsa.review.referral import Referral
from rukhsa.values.names import Text
from rukhsa.verification import lookup
from rukhsa.web.portal.application import conditions_of
from tests.journeys.test_deciders import VENDOR, instrument_of, paid
from tests.town import Town

HANDS = Text(ar="تُغسل اليدان كل ساعة في محل البيع.", en="Hands are washed every hour where food is sold.")
NIGHT = Text(ar="لا بيع بعد منتصف الليل.", en="No sales after midnight.")


def test_an_accepted_condition_is_printed_and_told_and_one_left_out_is_not(town: Town) -> None:
    until = timezone.localdate(town.at + timedelta(days=730)).isoformat()
    town.records = {"health-until": until}
    application = town.apply("street-vendor-licence", **VENDOR)
    asked = Referral.objects.get(application=application)
    said = ("conditions", "", town.records)
    referral.answer(asked, *said, conditions=[HANDS, NIGHT], actor=town.noor, at=town.at)
    _hands, night = condition.of_application(application)
    condition.rule(
        night, applies=False, reason="The hours are in the licence.", actor=town.mariam, at=town.at
    )
    licence = paid(town, town.grant(application))
    assert [each["en"] for each in licence.intent.printed["conditions"]].count(HANDS.en) == 1
    told = lookup.conditions_by_number(licence.number, licence.intent.verification_code)
    assert (HANDS in told, NIGHT in told) == (True, False)
    assert lookup.conditions_by_number(licence.number, "0000-0000-0000-0000") == ()
    assert HANDS in conditions_of(application, None, instrument_of(application))
    page = pypdfium2.PdfDocument(blobs.fetch(licence.file_digest))[0].get_textpage().get_text_bounded()
    assert HANDS.en.split()[-1] in page

"""Where an application stands, as its applicant reads it: whose turn it is, and by when a decision is expected."""

from datetime import timedelta

from django.utils import timezone, translation

from rukhsa import applying
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Turn
from rukhsa.catalogue.territory import territory
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import sentence
from rukhsa.payments.outcome import settle_overdue
from rukhsa.review import referral
from rukhsa.review.deadline import Clock, Expected
from rukhsa.review.decision import standing_decision
from rukhsa.review.referral import Referral
from rukhsa.standing import Headline, standing
from rukhsa.web.portal.application import contests_of
from rukhsa.web.templatetags.texts import day
from tests import applicants
from tests import town as people
from tests.town import Town

FINDING = "صورة المستند غير واضحة. نرجو إرفاق صورة أوضح."


def test_each_return_is_told_and_stops_the_clock(town: Town) -> None:
    application = town.apply("proof-of-residence")
    for _ in range(2):
        town.later(hours=1)
        town.hand_back(application, "lease", FINDING)
        town.advance(application)
        town.later(days=3)
        assert standing(people.fresh(application), at=town.at).turn is Turn.APPLICANT
        town.resubmit(application)
    waited = standing(people.fresh(application), at=town.at).waited
    assert waited[Turn.APPLICANT] == timedelta(days=6)
    assert waited[Turn.AUTHORITY] == timedelta(hours=2)
    told = Notice.objects.filter(application=application, event__startswith="returned:", channel="sms")
    assert told.count() == 2


def test_the_applicant_reads_by_which_day_we_answer_and_when_we_are_late(town: Town) -> None:
    browser, now = applicants.signed_in(people.layla()), town.at
    waiting = town.apply("proof-of-residence")  # an officer has two working days with these answers
    by = territory().calendar_of("CAP").after(timezone.localdate(now), 2)
    expected = standing(waiting, at=now).expected
    assert expected == Expected(day=by, clock=Clock.RUNS, is_late=False)
    with translation.override("en"):
        in_words = day(by)
    assert f"We decide by {in_words}" in browser.get(f"/applications/{waiting.pk}/").text
    assert f"decision by {in_words}" in browser.get("/applications/").text
    told = Notice.objects.get(application=waiting, event="submitted", channel="sms")
    with translation.override("en"):
        assert sentence("submitted", told.facts | NAMED).endswith(f"We decide by {in_words}.")
        assert "We decide" not in sentence("submitted", NAMED), "what was told before days were promised"
    town.hand_back(waiting, "lease", FINDING)
    assert "The time limit is paused until you reply" in browser.get(f"/applications/{waiting.pk}/").text
    town.at = now - timedelta(days=30)
    forgotten = town.apply("proof-of-residence")
    page = browser.get(f"/applications/{forgotten.pk}/").text
    assert "We are late" in page
    assert "To ask why, contact Capital Secretariat and quote" in page
    assert "late: decision was due" in browser.get("/applications/").text
    town.at = now
    town.hand_back(forgotten, "lease", FINDING)
    assert "We continue when you reply" in browser.get(f"/applications/{forgotten.pk}/").text
    assert standing(town.withdraw(waiting), at=town.at).expected is None


NAMED = {"reference": "CAP-2026-1-1", "service": "Residence"}


def test_where_an_application_stands_is_told_at_every_stage(town: Town) -> None:
    application = town.draft("road-works-licence")
    seen = [headline(town, application)]
    applying.submit(application, actor=town.layla, at=town.later(hours=1))
    town.advance(application)
    seen.append(headline(town, application))
    town.hand_back(application, "start", "اختر يومًا آخر.")
    seen.append(headline(town, application))
    town.later(hours=2)
    town.resubmit(application)
    town._check(application, "completeness")
    town.advance(application)
    seen.append(headline(town, application))
    town.later(hours=5)
    for asked in Referral.objects.filter(opinion=None):
        referral.answer(asked, "no-objection", "", actor=town.noor, at=town.at)
    seen.append(headline(town, application))
    town.grant(application)
    seen.append(headline(town, application))
    address = town.begin_payment(application)
    seen.append(headline(town, application))
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(minutes=1))
    seen.append(headline(town, application))
    town.advance(application)
    seen.append(headline(town, application))
    assert seen == [
        (Headline.DRAFT, Turn.APPLICANT),
        (Headline.IN_REVIEW, Turn.AUTHORITY),
        (Headline.RETURNED, Turn.APPLICANT),
        (Headline.WITH_AGENCY, Turn.AGENCY),
        (Headline.IN_REVIEW, Turn.AUTHORITY),
        (Headline.PAY, Turn.APPLICANT),
        (Headline.CHECKING_PAYMENT, Turn.GATEWAY),
        (Headline.ISSUING, Turn.SYSTEM),
        (Headline.ISSUED, Turn.NOBODY),
    ]
    waited = standing(people.fresh(application), at=town.at).waited
    assert waited[Turn.AGENCY] >= timedelta(hours=5)
    assert waited[Turn.APPLICANT] == timedelta(hours=2, minutes=1)


def test_a_refused_and_a_withdrawn_application_are_nobodys_turn(town: Town) -> None:
    refused = town.refuse(town.apply("proof-of-residence"))
    withdrawn = town.withdraw(town.apply("proof-of-residence"))
    assert headline(town, refused) == (Headline.REFUSED, Turn.NOBODY)
    page = applicants.signed_in(people.layla()).get(f"/applications/{refused.pk}/").text
    assert "If you disagree, you can object to this decision:" in page
    assert "/services/grievance" in page
    decision = standing_decision(refused)
    (contest,) = contests_of(decision, actor=town.layla, at=town.at)
    (told,) = Notice.objects.filter(application=refused, event="refused", channel="sms")
    assert told.facts["day"] == str(contest.last_day)
    assert f"You can object until {contest.last_day:%-d %B %Y}." in sentence(
        "refused", {"reference": refused.reference} | told.facts
    )
    assert not contests_of(decision, actor=town.layla, at=town.at + timedelta(days=90)), "it is too late then"
    assert headline(town, withdrawn) == (Headline.WITHDRAWN, Turn.NOBODY)
    assert town.withdraw(withdrawn).steps.filter(act="withdraw").count() == 1


def headline(town: Town, application: Application) -> tuple[Headline, Turn]:
    """What is said of an application now."""
    where = standing(people.fresh(application), at=town.at)
    return where.headline, where.turn

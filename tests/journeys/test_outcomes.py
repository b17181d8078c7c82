"""The services of seasons, places, quotas, renewals, copies, fines and refunds, each by its whole way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rukhsa import applying
from rukhsa.accounts.models import Person
from rukhsa.applications.day import day_in_words
from rukhsa.applications.models import Application, QuotaUse
from rukhsa.applications.stages import Stage
from rukhsa.applications.submission import NotComplete
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.catalogue.territory import season
from rukhsa.issuance import instrument, key_creation, publishing
from rukhsa.issuance.models import Instrument, Status
from rukhsa.payments.models import ChargeLine
from rukhsa.places.models import Taking
from rukhsa.review import check
from rukhsa.review.decision import standing_decision
from rukhsa.review.inspection import Inspection
from rukhsa.values.periods import shifted
from tests import applicants, ceremony
from tests.journeys import facts
from tests.town import Town, charge_of, instrument_of, layla

IBAN = "BH67 BMAG 0000 1299 1234 56"
HOME = {"building": "1024", "road": "1705", "block": "317", "flat": "12"}
CAMP = {
    "born": "1985-01-12",
    "mobile": "3600 1234",
    "iban": IBAN,
    "site": "accessible",  # takes two camps
    "tents": "2",
    "generator": "no",
}
TENT = {
    "place": HOME,
    "ground": "public",
    "site": "manama-corniche",
    "purpose": "charity",
    "area": "120",
    "mobile": "3600 1234",
}
TODAY = timezone.localdate().isoformat()
ACCOUNT = {
    "premises": HOME,
    "use": "commercial",
    "electricity-account": "2020123456",
    "tenure": "owner",
    "occupied-from": "2026-01-01",
    "mobile": "3600 1234",
}
NOTICE = {"notice": "CAP-V-118", "noticed-on": TODAY, "place": HOME, "answer": "settle"}
BOARD = {
    "place": HOME,
    "company": {"number": "12345-1", "name": "مخبز الديرة"},
    "own-premises": "yes",
    "kind": "shop",
    "area": "3",
    "lit": "no",
    "words": "مخبز الديرة",
}
CLOSING = {"premises": HOME, "reason": "left", "left-on": TODAY, "iban": IBAN}
DAY = timedelta(days=1)
BAGS = {"home": HOME, "account": "2020123456", "size": "large", "own-use": "yes"}


def test_a_camping_site_is_for_a_season_and_is_refused_to_one_more_than_it_takes(town: Town) -> None:
    in_one_season(town)
    ours = town.issue("camping-registration", **CAMP)
    season = ours.period
    assert season.end
    assert (season.end.month, season.end.day) == (3, 25)
    assert facts.account(application_of(ours), "deposits") == 100_000
    assert "مواقع ذوي الإعاقة" in beside(ours)
    # The second seat is held from the submission on; a refusal gives it back.
    second, third = (neighbour(town, name) for name in ("maha", "isa"))
    theirs = town.apply("camping-registration", actor=second, **CAMP)
    last = town.draft("camping-registration", actor=third, **CAMP)
    assert codes(last, town) == ["place-full"]
    with pytest.raises(NotComplete, match="place-full"):
        applying.submit(last, actor=third, at=town.at)
    town.refuse(theirs)
    applying.submit(last, actor=third, at=town.at)
    assert Taking.objects.count() == 2
    assert_one_a_season(town)
    town.later(days=(season.end - timezone.localdate(town.at)).days + 1)
    town.visit(Inspection.objects.get(application=application_of(ours), after_issue=True))
    town.advance(application_of(ours))
    assert facts.account(application_of(ours), "releases") == 100_000


def in_one_season(town: Town) -> None:
    """Today and tomorrow are in the same season."""
    today = timezone.localdate(town.at)
    if season("camping", near=today) != season("camping", near=today + DAY):
        town.later(days=1)


def assert_one_a_season(town: Town) -> None:
    """An applicant who has a site is told from when another one is possible."""
    again = town.draft("camping-registration", **CAMP | {"site": "sakhir-a"})
    (problem,) = applying.problems(again, at=town.at)
    assert problem.code == "quota-spent"
    assert "5 ديسمبر" in str(problem.text)  # the day on which the season begins


def test_bags_are_given_once_a_month_for_an_account_however_it_is_written(town: Town) -> None:
    voucher = town.issue("refuse-bags", **BAGS)
    assert shown(town, voucher)["رقم حساب الكهرباء والماء"] == "2020123456"
    neighbours = neighbour(town, "maha")
    again = town.draft("refuse-bags", actor=neighbours, **BAGS | {"account": "٢٠٢٠١٢٣٤٥٦"})
    (problem,) = applying.problems(again, at=town.at)
    first = shifted(timezone.localdate(town.at).replace(day=1), 1, "month")
    assert (problem.about, problem.code) == ("account", "quota-spent")
    assert str(day_in_words(first)) in str(problem.text)
    town.later(days=(first - timezone.localdate(town.at)).days)
    applying.submit(again, actor=neighbours, at=town.at)
    assert QuotaUse.objects.count() == 2
    taken_back = town.draft("refuse-bags", **BAGS | {"account": "2020999999"})
    applying.submit(taken_back, actor=town.layla, at=town.at)
    assert QuotaUse.objects.count() == 3
    town.withdraw(taken_back)
    assert QuotaUse.objects.count() == 2
    assert_a_tent_is_waived_or_paid_by_the_band(town)


def assert_a_tent_is_waived_or_paid_by_the_band(town: Town) -> None:
    """A free meal in Ramadan costs nothing, and the reason is kept; business pays by the band."""
    free = town.issue("ramadan-tent-licence", **TENT)
    line = ChargeLine.objects.get(charge__application=application_of(free))
    assert (line.amount, line.explanation["waived"]) == (0, "25.000")
    assert line.explanation["reason"]["en"] == "A free meal for those who fast"
    browser = applicants.signed_in(layla(), language="en")
    page = browser.get(f"/applications/{application_of(free).pk}/").content.decode()
    assert "of it was waived: A free meal for those who fast" in " ".join(page.split())
    assert free.intent.valid_until == season("ramadan", near=timezone.localdate(town.at)).end
    owner = neighbour(town, "isa")
    paid = town.apply(
        "ramadan-tent-licence", actor=owner, **TENT | {"purpose": "commercial", "area": "300.5"}
    )
    assert str(charge_of(town.grant(paid)).money) == "60.200"


def test_a_renewal_begins_the_day_after_the_old_end_and_the_old_one_holds_until_then(town: Town) -> None:
    permit = town.issue("small-building-permit")
    end = permit.intent.valid_until
    assert end
    assert_what_changed_is_refused(town, permit)
    town.later(days=340)
    new_keys(town)
    renewed = town.issue("licence-renewal", permit=permit.number, unchanged="yes")
    assert (renewed.number, renewed.version) == (permit.number, 2)
    assert (renewed.intent.valid_from, renewed.intent.valid_until) == (end + DAY, shifted(end, 1, "year"))
    assert words(town, permit, renewed) == ["valid", "not-yet-valid"]
    early = town.draft("licence-renewal", permit=permit.number, unchanged="yes")
    assert codes(early, town) == ["renewed-already"]
    town.later(days=(end - timezone.localdate(town.at)).days + 1)
    publishing.everything(at=town.at)
    assert words(town, permit, renewed) == ["expired", "valid"]
    assert beside(renewed).startswith("رخصة البناء")
    assert_a_late_renewal_begins_today(town, renewed)


def assert_a_late_renewal_begins_today(town: Town, renewed: Instrument) -> None:
    """Where the old end is past, nothing is backdated; and the completion closes every period."""
    town.later(days=400)
    new_keys(town)
    third = town.issue("licence-renewal", permit=renewed.number, unchanged="yes")
    assert (third.version, third.intent.valid_from) == (3, timezone.localdate(town.at))
    town.issue("building-completion", permit=renewed.number, completed=timezone.localdate().isoformat())
    versions = Instrument.objects.filter(intent__number=renewed.number)
    assert {each.standing for each in versions} == {Status.SUPERSEDED}


def assert_what_changed_is_refused(town: Town, permit: Instrument) -> None:
    """With the legal basis, in the applicant's language."""
    application = town.apply("licence-renewal", permit=permit.number, unchanged="no")
    assert application.stage == Stage.REFUSED
    decision = standing_decision(application)
    assert decision
    assert "تُجدَّد الرخصة" in decision.legal_basis


def test_copies_are_superseded_and_revoked_with_their_original_and_so_is_its_next_period(town: Town) -> None:
    permit = town.issue("small-building-permit")
    first = town.issue("certified-copy", document=permit.number, reason="authority", undertaking="yes")
    assert words(town, first) == ["valid"]
    amended = town.issue("drawings-amendment", permit=permit.number)
    assert words(town, permit, first) == ["superseded"] * 2
    assert Instrument.objects.get(pk=first.pk).standing is Status.SUPERSEDED
    assert_all_are_revoked(town, amended)


def assert_all_are_revoked(town: Town, permit: Instrument) -> None:
    """What was renewed and what was copied ends with what is revoked."""
    renewed = town.issue("licence-renewal", permit=permit.number, unchanged="yes")
    copy = town.issue("certified-copy", document=permit.number, reason="lost", undertaking="yes")
    assert copy.intent.valid_until == permit.intent.valid_until
    assert shown(town, copy)["رقم الأصل"] == permit.number
    instrument.revoke(
        permit, reason="بناء خارج حدود العقار", proposed_by=town.salem.person, actor=town.mariam, at=town.at
    )
    publishing.everything(at=town.at)
    assert words(town, permit, renewed, copy) == ["revoked"] * 3
    again = town.draft("certified-copy", document=permit.number, reason="lost", undertaking="yes")
    assert codes(again, town) == ["instrument-not-in-force"]


def test_a_deposit_goes_back_for_works_that_never_began(town: Town) -> None:
    permit = town.issue("excavation-permit")
    held = facts.account(application_of(permit), "deposits")
    town.later(days=60)  # its days are over
    letter = town.issue("deposit-refund", permit=permit.number, works="never", iban=IBAN)
    assert shown(town, letter)["رقم الرخصة"] == permit.number
    application = application_of(permit)
    assert (facts.account(application, "deposits"), facts.account(application, "releases")) == (0, held)
    publishing.everything(at=town.at)
    assert words(town, permit) == ["superseded"]
    twice = town.draft("deposit-refund", permit=permit.number, works="never", iban=IBAN)
    assert codes(twice, town) == ["instrument-not-in-force"]


def test_an_account_is_closed_and_its_deposit_goes_back(town: Town) -> None:
    account = town.issue("municipal-fees-account", **ACCOUNT)
    closing = town.issue("municipal-fees-account-closing", account=account.number, **CLOSING)
    application = application_of(account)
    assert (facts.account(application, "deposits"), facts.account(application, "releases")) == (0, 50_000)
    publishing.everything(at=town.at)
    assert words(town, account, closing) == ["superseded", "valid"]


def test_a_fine_that_the_officer_sets_is_paid_before_the_letter_and_a_withdrawn_one_is_waived(
    town: Town,
) -> None:
    application = town.apply("violation-settlement", **NOTICE)
    town.visit(Inspection.objects.get(application=application))
    town.advance(application)
    found = {"stands": "yes", "breach": "vending", "fine": "75"}
    check.check(application, "notice", found, actor=town.salem, at=town.at)
    granted = town.grant(application)
    assert str(charge_of(granted).money) == "75.000"
    assert not Instrument.objects.filter(intent__application=granted).exists()
    town.pay(granted)
    assert facts.account(granted, "fines") == 75_000
    assert shown(town, instrument_of(granted))["الغرامة"] == "75.000 BHD"
    contested = town.apply("violation-settlement", **NOTICE | {"answer": "contest", "grounds": "المحل مرخص."})
    found = {"stands": "no", "breach": "vending", "fine": "50"}
    check.check(contested, "notice", found, actor=town.salem, at=town.at)
    letter = instrument_of(town.grant(contested))
    line = ChargeLine.objects.get(charge__application=contested)
    assert (line.kind, line.amount, line.explanation["waived"]) == ("fine", 0, "50.000")
    assert "الغرامة" not in shown(town, letter)


def test_a_board_that_is_gone_closes_its_licence_when_nothing_is_owed(town: Town) -> None:
    town.records = {"approved-words": "مخبز الديرة", "opening": "مخبز الديرة", "dues": "no"}
    licence = town.issue("advertisement-licence", **BOARD)
    left = town.draft("advertisement-removal", licence=licence.number, removed_on=TODAY, restored="no")
    assert codes(left, town) == ["choice-unknown"]  # what is not declared is not sent
    notice = town.issue("advertisement-removal", licence=licence.number, removed_on=TODAY, restored="yes")
    publishing.everything(at=town.at)
    assert words(town, licence, notice) == ["superseded", "valid"]


def application_of(instrument: Instrument) -> Application:
    """The application behind an instrument."""
    assert instrument.intent.application
    return Application.objects.get(pk=instrument.intent.application.pk)


def codes(application: Application, town: Town) -> list[str]:
    """What keeps it from being submitted."""
    return [problem.code for problem in applying.problems(application, at=town.at)]


def shown(town: Town, instrument: Instrument) -> dict[str, str]:
    """The facts that a stranger reads, in Arabic."""
    verdict = facts.verdict_on(instrument, at=town.at)
    assert verdict.word in ("valid", "not-yet-valid")
    return {each.label: each.value for each in verdict.facts("ar")}


def beside(instrument: Instrument) -> str:
    """What is printed beside the seal."""
    return "\n".join(map(str, instrument.intent.printed["beside"].values()))


def words(town: Town, *instruments: Instrument) -> list[str]:
    """What a stranger's verifier says of each."""
    return [facts.verdict_on(each, at=town.at).word for each in instruments]


def neighbour(town: Town, name: str) -> Actor:
    """Another resident, who applies for themselves."""
    number = {"maha": "900123456", "isa": "910123456"}[name]
    person = Person.objects.create_user(
        f"{name}@people.example", name_ar=name, name_en=name, kind="citizen", personal_number=number
    )
    return actor_for(person, at=town.at)


def new_keys(town: Town) -> None:
    """The keys of the months to come, after a long time."""
    ceremony.make_keys(at=town.at, ahead=key_creation.AHEAD)
    ceremony.hold(at=town.at, again=True)

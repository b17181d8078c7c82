"""Before a document ends its holder is told, and renews it once; a licence that holds a place holds it on."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rukhsa import applying, sweeps
from rukhsa.applications.models import Application, Renewing
from rukhsa.applications.stages import Stage
from rukhsa.applications.submission import NotComplete
from rukhsa.issuance import suspension
from rukhsa.issuance.models import Instrument
from rukhsa.places.models import Occupation, OccupiedCell
from rukhsa.places.occupation import occupy
from rukhsa.review.decision import standing_decision
from rukhsa.values.periods import Period
from rukhsa.values.writing import date_in_words
from tests import applicants
from tests import town as towns
from tests.journeys import facts
from tests.journeys.test_outcomes import codes, new_keys
from tests.town import Town, layla

DAY = timedelta(days=1)
TOWER = {
    "place": {"building": "1024", "road": "1705", "block": "317"},
    "parcel": "03-120045",
    "kind": "ground",
    "base": "26.22350, 50.57560\n26.22350, 50.57570\n26.22360, 50.57570",
    "height": "12",
    "near-homes": "no",
    "operator": {"number": "12345-1", "name": "شركة الاتصالات"},
    "prior-approval": "yes",
    "office": {"number": "54321-1", "name": "مكتب هندسي"},
    "site-phone": "1700 1234",
}
MORE = {"days": "5", "reason": "تأخر وصول المواد."}


def test_holders_are_told_60_30_and_7_days_before_and_renew_from_the_list(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit, other = town.issue("small-building-permit"), town.issue("small-building-permit")
    new_keys(later(town, days=330))
    end = permit.period.end
    assert end
    told = {days: ending_notices(town, permit, end - days * DAY) for days in (61, 60, 59, 31, 30)}
    assert told == {61: 0, 60: 1, 59: 1, 31: 1, 30: 2}
    assert renewed(town, other).version == 2
    suspended = suspension.suspend(permit, reason="بلاغ", actor=town.mariam, at=town.at)
    assert ending_notices(town, permit, end - 7 * DAY) == 2
    suspension.reinstate(suspended.instrument, reason="لا مخالفة", actor=town.mariam, at=town.at)
    assert ending_notices(town, permit, end - 6 * DAY) == 3
    told_before, _ = ending_notices(town, other, end - 29 * DAY), ending_notices(town, other, end - 6 * DAY)
    assert ending_notices(town, other, end - 5 * DAY) == told_before  # it is renewed
    twelve_before = datetime.fromisoformat(f"{end - 12 * DAY}T10:00:00+03:00")
    monkeypatch.setattr(timezone, "now", lambda: twelve_before)
    assert_renewed_from_the_list(permit)


def test_documents_whose_holders_were_told_cost_no_statement_on_the_next_days(town: Town) -> None:
    statements = []
    for _ in range(2):
        permit = town.issue("small-building-permit")
        assert permit.period.end
        day = datetime.fromisoformat(f"{permit.period.end - 60 * DAY}T06:17:00+03:00")
        assert sweeps.remind_of_ends(at=day) == 1
        with CaptureQueriesContext(connection) as asked:
            assert sweeps.remind_of_ends(at=day + DAY) == 0
        statements.append(len(asked))
    assert statements[0] == statements[1]


def later(town: Town, *, days: int) -> Town:
    town.later(days=days)
    return town


def ending_notices(town: Town, instrument: Instrument, day: object) -> int:
    """How often the holder was told by then, by SMS; the daily task runs twice that day."""
    at = datetime.fromisoformat(f"{day}T06:17:00+03:00")
    for _ in range(2):
        sweeps.remind_of_ends(at=at)
    return facts.notices(application_of(instrument)).count("ending/sms")


def renewed(town: Town, instrument: Instrument) -> Instrument:
    return town.issue("licence-renewal", permit=instrument.number, unchanged="yes")


def assert_renewed_from_the_list(permit: Instrument) -> None:
    """The list says how many days are left; a click begins the renewal, and another goes back to it."""
    browser = applicants.signed_in(layla(), language="en")
    page = browser.get("/documents/").text
    assert "expires in 12 days" in page
    assert page.count("Renew this document") == 1
    address = f"/applications/{application_of(permit).pk}/renew"
    assert browser.get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    begun = browser.post(address)["Location"]
    assert permit.number in browser.get(begun).text
    draft = Application.objects.get(stage=Stage.DRAFT)
    assert browser.post(address)["Location"] == f"/applications/{draft.pk}/"


def test_works_are_extended_once_at_a_time_where_the_place_is_free(town: Town) -> None:
    licence = town.issue("road-works-licence")
    end = licence.period.end
    assert end
    assert Occupation.objects.get().end == end
    start = (end + 4 * DAY).isoformat()
    theirs = town.grant(town.apply("road-works-licence", actor=town.company, start=start))
    town.later(days=15)
    long = town.draft("works-extension", permit=licence.number, **MORE)
    (problem,) = applying.problems(long, at=town.at)
    assert (problem.about, problem.code) == ("permit", "already-occupied")
    assert theirs.reference
    assert theirs.reference in str(problem.text)
    first = town.apply("works-extension", permit=licence.number, **MORE | {"days": "3"})
    assert_refused_a_second_time(town, licence, first)
    extended = towns.instrument_of(town.pay(town.grant(first)))
    assert (extended.number, extended.version) == (licence.number, 2)
    assert (extended.intent.valid_from, extended.intent.valid_until) == (end + DAY, end + 3 * DAY)
    assert Occupation.objects.get(reference=first.reference).end == end + 3 * DAY
    assert not Renewing.objects.exists()


def assert_refused_a_second_time(town: Town, licence: Instrument, first: Application) -> None:
    """The applicant is told which is under way; the database refuses it in any case."""
    second = town.draft("works-extension", permit=licence.number, **MORE | {"days": "2"})
    (problem,) = applying.problems(second, at=town.at)
    assert problem.code == "renewal-under-way"
    assert first.reference
    assert first.reference in str(problem.text)
    with pytest.raises(NotComplete, match="renewal-under-way"):
        applying.submit(second, actor=town.layla, at=town.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Renewing.objects.create(application=second, number=licence.number)
    stranger = town.draft("works-extension", actor=town.company, permit=licence.number, **MORE)
    assert codes(stranger, town) == ["instrument-unknown"]


def test_a_rule_refuses_a_renewal_whose_place_was_given_away_meanwhile(town: Town) -> None:
    town.records = {"emissions-within": "yes"}
    tower = town.issue("telecom-tower-permit", actor=town.company, **TOWER)
    held = Occupation.objects.get()
    assert held.end == tower.period.end
    draft = town.draft("licence-renewal", actor=town.company, permit=tower.number, unchanged="yes")
    applying.submit(draft, actor=town.company, at=town.at)
    days = Period(start=held.end + DAY, end=held.end + 9 * DAY)
    occupy("CAP-2099-000001", held.geometry, days)
    refused = town.advance(draft)
    decision = standing_decision(refused)
    assert decision
    assert refused.stage == Stage.REFUSED
    assert date_in_words(days.end, "ar") in decision.reasons
    OccupiedCell.objects.filter(occupation__reference="CAP-2099-000001").delete()
    again = town.issue("licence-renewal", actor=town.company, permit=tower.number, unchanged="yes")
    assert again.intent.valid_from == held.end + DAY
    assert Occupation.objects.get(instrument=tower.number, start=held.end + DAY).end == again.period.end


def application_of(instrument: Instrument) -> Application:
    assert instrument.intent.application
    return instrument.intent.application

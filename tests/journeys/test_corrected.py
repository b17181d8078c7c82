"""A document that was corrected is its holder's as before: it is renewed, closed, and a violation of it is told of.

The next version has no application of its own; whose it is follows from the versions before it.
"""

from rukhsa.audit.journal import record
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import Use
from rukhsa.delivery.models import Notice
from rukhsa.issuance.correction import approve_correction, propose_correction
from rukhsa.issuance.instrument import Status, application_behind, application_of
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.revocation_proposal import propose_revocation
from rukhsa.personal.own_looks import looks_at
from rukhsa.places.models import OccupiedCell
from rukhsa.violations.violation import Seen, confirm_violation, record_violation
from rukhsa.web.desk.violations import _document
from tests.journeys.test_outcomes import IBAN, new_keys
from tests.town import Town


def corrected(town: Town, instrument: Instrument, **answers: str) -> Instrument:
    """The next version, for a slip that Salem found and Mariam agreed to."""
    proposal = propose_correction(instrument, answers, "خطأ كتابي", actor=town.salem, at=town.at)
    approve_correction(proposal, actor=town.mariam, at=town.at)
    town.advance(application_of(instrument))
    return Instrument.objects.select_related("intent").get(
        intent__number=instrument.number, intent__version=instrument.version + 1
    )


def test_its_holder_renews_it(town: Town) -> None:
    permit = corrected(town, town.issue("small-building-permit"), works="stair")
    town.later(days=340)
    new_keys(town)
    renewed = town.issue("licence-renewal", permit=permit.number, unchanged="yes")
    assert (renewed.version, renewed.intent.renews) == (3, permit)


def test_what_closes_it_frees_its_place(town: Town) -> None:
    permit = corrected(town, town.issue("excavation-permit"), network="drainage")
    assert OccupiedCell.objects.exists()
    town.later(days=60)
    town.issue("deposit-refund", permit=permit.number, works="never", iban=IBAN)
    assert permit.standing is Status.SUPERSEDED
    assert not OccupiedCell.objects.exists()


def test_a_violation_of_it_is_told_to_its_holder(town: Town) -> None:
    permit = corrected(town, town.issue("small-building-permit"), works="stair")
    assert _document(town.salem, permit.number) == permit
    seen = Seen(kind="waste", place="317", text="مخلفات", at=town.at, photos=["0" * 64])
    made = record_violation(seen, authority="CAP", instrument=permit, actor=town.yusuf, at=town.at)
    assert made.person == town.layla.person
    confirm_violation(made, actor=town.mariam, at=town.at)
    told = Notice.objects.filter(application=application_behind(permit), event=f"violation:{made.number}")
    assert {notice.person for notice in told} == {town.layla.person}


def test_who_looks_at_it_stands_in_the_journal_of_its_application(town: Town) -> None:
    permit = corrected(town, town.issue("small-building-permit"), works="stair")
    record("see-instrument", permit, actor=town.mariam, at=town.at)
    application = application_of(permit)
    assert [entry.act for entry in looks_at([application.pk])] == ["see-instrument"]


def test_the_reasons_to_revoke_it_are_in_the_language_of_its_applicant(town: Town) -> None:
    permit = corrected(town, town.issue("small-building-permit"), works="stair")
    application = application_of(permit)
    application.language = "en"
    application.save(update_fields=["language"])
    coded = Reason.objects.offered(Use.REVOCATION).first()
    assert coded
    proposal = propose_revocation(permit, "", coded=[coded], actor=town.salem, at=town.at)
    assert coded.text.en in proposal.reason

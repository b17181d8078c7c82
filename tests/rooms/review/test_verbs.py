"""The verbs of the review, each success beside its refusal."""

import pytest

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import NotPossible, Stage
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.catalogue.models import Reason
from rukhsa.review import inspection, referral
from rukhsa.review.assignment import NotTheirs, assign, hand_over
from rukhsa.review.check import check
from rukhsa.review.errors import Closed, StepNotOpen
from rukhsa.review.finding import Finding, FindingsMissing, Noted, UnknownSubject, return_to_applicant
from rukhsa.review.inspection import FaultsWithoutText, Inspection, PassedWithFaults, PointsMissing
from rukhsa.review.queue import QueueEntry
from rukhsa.review.referral import AlreadyAnswered, ObjectionWithoutReason, Referral
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

pytestmark = pytest.mark.django_db

GOOD = {"marked": True, "clear": True}


def acts() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("act", flat=True))


def asked_of_ewa(application: Application, salem: Actor) -> Referral:
    check(application, "completeness", actor=salem, at=SUNDAY)
    works.asked(application, SUNDAY)
    return application.referrals.get(agency="ewa")


def ordered(application: Application, salem: Actor, noor: Actor, noor_of_traffic: Actor) -> Inspection:
    ewa = asked_of_ewa(application, salem)
    referral.answer(ewa, "no-objection", "", actor=noor, at=SUNDAY)
    traffic = application.referrals.get(agency="traffic")
    referral.answer(traffic, "no-objection", "", actor=noor_of_traffic, at=SUNDAY)
    (visit,) = works.ordered(application, SUNDAY)
    return visit


def test_an_officer_takes_an_application_in_hand_once(application: Application, salem: Actor) -> None:
    first = assign(application, salem, SUNDAY)
    assert assign(application, salem, SUNDAY) == first
    assert QueueEntry.objects.get(application=application).officer_id == salem.person.pk
    assert acts() == ["assign"]


def test_an_officer_of_another_authority_finds_no_such_application(
    application: Application, salem_elsewhere: Actor
) -> None:
    with pytest.raises(Application.DoesNotExist):
        assign(application, salem_elsewhere, SUNDAY)


def test_an_application_is_handed_only_to_an_officer_of_its_authority(
    application: Application, mariam: Actor, salem: Actor, yusuf: Actor
) -> None:
    hand_over(application, salem.person, actor=mariam, at=SUNDAY)
    for other in (yusuf.person, works.layla()):
        with pytest.raises(NotTheirs):
            hand_over(application, other, actor=mariam, at=SUNDAY)


def test_a_closed_application_is_taken_by_nobody(application: Application, salem: Actor) -> None:
    Application.objects.filter(pk=application.pk).update(stage=Stage.WITHDRAWN)
    with pytest.raises(Closed):
        assign(application, salem, SUNDAY)


def test_an_applicant_checks_nothing(application: Application, salem: Actor) -> None:
    with pytest.raises(NotPermitted):
        check(application, "completeness", actor=works.act_as(works.layla()), at=SUNDAY)
    assert check(application, "completeness", actor=salem, at=SUNDAY).officer == salem.person


def test_a_step_is_checked_once_and_only_in_its_turn(application: Application, salem: Actor) -> None:
    with pytest.raises(StepNotOpen):
        check(application, "levels", actor=salem, at=SUNDAY)
    first = check(application, "completeness", actor=salem, at=SUNDAY)
    assert check(application, "completeness", actor=salem, at=SUNDAY) == first


def test_a_return_carries_its_findings_to_the_applicant(application: Application, salem: Actor) -> None:
    found = return_to_applicant(
        application, [("place", "Which road?"), ("drawing", "No scale.")], actor=salem, at=SUNDAY
    )
    application.refresh_from_db()
    assert application.stage == Stage.RETURNED
    assert list(Finding.objects.open().order_by("id")) == found
    again = [("place", "Which road?"), ("drawing", "No scale.")]
    assert return_to_applicant(application, again, actor=salem, at=SUNDAY) == found
    with pytest.raises(NotPossible):
        return_to_applicant(application, [("place", "Something else.")], actor=salem, at=SUNDAY)


def test_a_standard_finding_needs_no_words_and_keeps_those_of_its_version(
    application: Application, salem: Actor
) -> None:
    said = {"code": "no-scale", "uses": ["return"], "text_ar": "لا مقياس", "basis_en": "A law", "at": SUNDAY}
    Reason.objects.create(number=1, text_en="No scale", **said)
    noted = [Noted("drawing", " ", "no-scale")]
    found = return_to_applicant(application, noted, actor=salem, at=SUNDAY)
    Reason.objects.create(number=2, text_en="Other words", **said)
    (told,) = [each.told("en") for each in Finding.objects.all()]
    assert (told.reasons, told.basis) == ("No scale", "A law")
    assert found[0].told("ar").reasons == "لا مقياس"
    application.refresh_from_db()
    assert return_to_applicant(application, noted, actor=salem, at=SUNDAY) == found


def test_findings_are_closed_by_the_next_submission(application: Application, salem: Actor) -> None:
    return_to_applicant(application, [("place", "Which road?")], actor=salem, at=SUNDAY)
    works.resubmit(application, at=SUNDAY)
    assert not Finding.objects.open().exists()


@pytest.mark.parametrize("findings", [[], [("place", "  ")]])
def test_a_return_without_a_finding_is_refused(
    application: Application, salem: Actor, findings: list[tuple[str, str]]
) -> None:
    with pytest.raises(FindingsMissing):
        return_to_applicant(application, findings, actor=salem, at=SUNDAY)


def test_a_finding_is_about_something_that_was_asked(application: Application, salem: Actor) -> None:
    with pytest.raises(UnknownSubject):
        return_to_applicant(application, [("shoe-size", "Too small.")], actor=salem, at=SUNDAY)


def test_agencies_are_asked_when_their_turn_comes_and_once(application: Application, salem: Actor) -> None:
    assert works.asked(application, SUNDAY) == []
    with pytest.raises(StepNotOpen):
        referral.refer(application, "ewa", actor=salem, at=SUNDAY)
    check(application, "completeness", actor=salem, at=SUNDAY)
    by_hand = referral.refer(application, "ewa", actor=salem, at=SUNDAY)
    assert [each.agency_id for each in works.asked(application, SUNDAY)] == ["traffic"]
    assert works.asked(application, SUNDAY) == []
    assert referral.refer(application, "ewa", actor=salem, at=SUNDAY) == by_hand


def test_only_the_agency_that_was_asked_answers(
    application: Application, salem: Actor, noor: Actor, noor_of_traffic: Actor
) -> None:
    ewa = asked_of_ewa(application, salem)
    with pytest.raises(Referral.DoesNotExist):
        referral.answer(ewa, "no-objection", "", actor=noor_of_traffic, at=SUNDAY)
    with pytest.raises(NotPermitted):
        referral.answer(ewa, "no-objection", "", actor=salem, at=SUNDAY)
    assert referral.answer(ewa, "no-objection", "", actor=noor, at=SUNDAY).officer == noor.person


def test_an_answer_is_given_once(application: Application, salem: Actor, noor: Actor) -> None:
    ewa = asked_of_ewa(application, salem)
    with pytest.raises(ObjectionWithoutReason):
        referral.answer(ewa, "objection", " ", actor=noor, at=SUNDAY)
    first = referral.answer(ewa, "objection", "A cable lies there.", actor=noor, at=SUNDAY)
    assert referral.answer(ewa, "objection", "A cable lies there.", actor=noor, at=SUNDAY) == first
    ewa.refresh_from_db()
    with pytest.raises(AlreadyAnswered):
        referral.answer(ewa, "no-objection", "", actor=noor, at=SUNDAY)


def test_an_objection_decides_nothing_by_itself(application: Application, salem: Actor, noor: Actor) -> None:
    referral.answer(asked_of_ewa(application, salem), "objection", "A cable.", actor=noor, at=SUNDAY)
    application.refresh_from_db()
    assert application.stage == Stage.SUBMITTED


def test_nothing_is_asked_about_a_withdrawn_application(
    application: Application, salem: Actor, noor: Actor
) -> None:
    ewa = asked_of_ewa(application, salem)
    Application.objects.filter(pk=application.pk).update(stage=Stage.WITHDRAWN)
    with pytest.raises(Closed):
        referral.answer(ewa, "no-objection", "", actor=noor, at=SUNDAY)
    assert not Referral.objects.on_which(noor, Permission.ANSWER_REFERRAL).open().exists()


def test_a_failed_visit_is_reported_again_until_one_passes(
    application: Application, salem: Actor, noor: Actor, noor_of_traffic: Actor, yusuf: Actor
) -> None:
    visit = ordered(application, salem, noor, noor_of_traffic)
    bad = {"marked": False, "clear": True}
    inspection.report(visit, False, bad, "Mark the route.", [], actor=yusuf, at=SUNDAY)
    assert Inspection.objects.open().filter(pk=visit.pk).exists()
    passed = inspection.report(visit, True, GOOD, "", [], actor=yusuf, at=SUNDAY)
    assert not Inspection.objects.open().filter(pk=visit.pk).exists()
    assert inspection.report(visit, True, GOOD, "", [], actor=yusuf, at=SUNDAY) == passed
    with pytest.raises(Closed):
        inspection.report(visit, True, GOOD, "And more.", [], actor=yusuf, at=SUNDAY)


def test_a_report_answers_every_point_and_contradicts_none(
    application: Application, salem: Actor, noor: Actor, noor_of_traffic: Actor, yusuf: Actor
) -> None:
    visit = ordered(application, salem, noor, noor_of_traffic)
    with pytest.raises(PointsMissing):
        inspection.report(visit, True, {"marked": True}, "", [], actor=yusuf, at=SUNDAY)
    with pytest.raises(PassedWithFaults):
        inspection.report(visit, True, GOOD | {"clear": False}, "", [], actor=yusuf, at=SUNDAY)
    with pytest.raises(FaultsWithoutText):
        inspection.report(visit, False, GOOD, "", [], actor=yusuf, at=SUNDAY)
    with pytest.raises(NotPermitted):
        inspection.report(visit, True, GOOD, "", [], actor=salem, at=SUNDAY)


def test_the_visit_after_the_issue_is_ordered_once_and_due_after_the_end(application: Application) -> None:
    days = {"end": SUNDAY.date().replace(day=12)}
    (visit,) = inspection.order_after_issue(application, anchors=days, at=SUNDAY)
    assert visit.after_issue
    assert visit.due_at.astimezone(works.BAHRAIN).date() == SUNDAY.date().replace(day=20)
    assert inspection.order_after_issue(application, anchors=days, at=SUNDAY) == [visit]
    assert Inspection.objects.count() == 1


def test_a_visit_after_the_issue_counts_once_it_passed(application: Application, yusuf: Actor) -> None:
    days = {"end": SUNDAY.date().replace(day=12)}
    (visit,) = inspection.order_after_issue(application, anchors=days, at=SUNDAY)
    bad = {"surface": True, "levels": False}
    inspection.report(visit, False, bad, "Level it.", [], actor=yusuf, at=SUNDAY)
    assert inspection.passed_after_issue(application) == []
    good = {"surface": True, "levels": True}
    inspection.report(visit, True, good, "", [], actor=yusuf, at=SUNDAY)
    assert inspection.passed_after_issue(application) == ["reinstatement"]


def test_every_act_leaves_its_entry_in_the_journal(
    application: Application, salem: Actor, noor: Actor, noor_of_traffic: Actor, yusuf: Actor
) -> None:
    visit = ordered(application, salem, noor, noor_of_traffic)
    inspection.report(visit, True, GOOD, "", [], actor=yusuf, at=SUNDAY)
    return_to_applicant(application, [("", "Please look again.")], actor=salem, at=SUNDAY)
    assert acts() == [
        "check", "refer", "refer", "answer-referral", "answer-referral",
        "order-inspection", "report-inspection", "return", "assign",
    ]  # fmt: skip


def test_who_lost_the_post_reaches_nothing(application: Application, salem: Actor) -> None:
    Person.objects.filter(pk=salem.person.pk).update(is_active=False)
    salem.person.refresh_from_db()
    with pytest.raises(NotPermitted):
        check(application, "completeness", actor=works.act_as(salem.person), at=SUNDAY)

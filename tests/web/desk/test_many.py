"""Acts on many applications at once: statements that stay as few, what is left out, and what happened meanwhile."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rukhsa.applications.competence import OutsideMandate
from rukhsa.applications.interest import OwnInterest
from rukhsa.applications.models import Application
from rukhsa.catalogue.charges import ChargeRule
from rukhsa.review import assignment, decision, hand, queue
from rukhsa.review.check import check
from rukhsa.review.errors import DecidedBefore
from rukhsa.review.queue import QueueEntry
from rukhsa.staff.interest_declaration import declare
from rukhsa.web.sentences import sentence_of
from tests import mandated
from tests.rooms.payments.definition import fee
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY
from tests.web.desk.conftest import person

pytestmark = pytest.mark.django_db
DISTRIBUTE, DECIDE = reverse("desk:distribute"), reverse("desk:decide-many")


def waiting(count: int, *, first: int = 0, is_checked: bool = False) -> list[Application]:
    """So many applications that wait for an officer, or for a decision."""
    version = works.publish(works.works(CHECK, BY_OFFICER))
    salem = works.act_as(person("salem", works.authority()))
    made = []
    for number in range(first, first + count):
        made.append(works.submitted(version, reference=f"CAP-2026-{number:06}"))
        works.asked(made[-1])
        if is_checked:
            check(made[-1], "completeness", actor=salem, at=SUNDAY)
    return made


def statements(act: Callable[[], Any]) -> int:
    """How many statements an act sends."""
    with CaptureQueriesContext(connection) as sent:
        act()
    return len(sent)


def to_two() -> dict[str, Any]:
    """The form that hands out what no officer has to Salem and Mariam."""
    return {"from": "", "to": [str(person(name, works.authority()).pk) for name in ("salem", "mariam")]}


def test_the_previews_send_as_many_statements_for_many_as_for_few(mariam: Client) -> None:
    form = to_two()
    previews = (lambda: mariam.post(DISTRIBUTE, form), lambda: mariam.get(DECIDE))
    waiting(3, is_checked=True)
    for preview in previews:
        preview()  # what is read once by the process
    few = [statements(preview) for preview in previews]
    waiting(30, first=100, is_checked=True)
    assert [statements(preview) for preview in previews] == few
    assert max(few) <= 35
    assert [len(preview().context["lines"]) for preview in previews] == [33, 33]


def test_each_line_that_is_carried_out_costs_as_many_statements_as_any_other(mariam: Client) -> None:
    waiting(15, is_checked=True)

    def granted(count: int) -> int:
        ready = [str(each.row.pk) for each in mariam.get(DECIDE).context["lines"]][:count]
        answers = []
        sent = statements(lambda: answers.append(mariam.post(DECIDE, {"row": ready, "confirmed": "yes"})))
        assert answers[0].context["ready"] == count
        return sent

    granted(1)
    two, four, eight = granted(2), granted(4), granted(8)
    assert eight - four == 2 * (four - two)


def test_what_is_left_out_of_the_preview_is_not_done(mariam: Client) -> None:
    waiting(3, is_checked=True)
    answer = mariam.post(DECIDE, {"confirmed": "yes"})
    assert answer.context["lines"] == []
    assert not Application.objects.filter(stage="granted").exists()
    lines = mariam.get(DECIDE).context["lines"]
    mariam.post(DECIDE, {"row": [str(lines[0].row.pk), str(lines[2].row.pk)], "confirmed": "yes"})
    assert list(Application.objects.exclude(stage="granted").values_list("pk", flat=True)) == [
        lines[1].row.pk
    ]


def test_each_is_given_to_whom_the_preview_said(mariam: Client) -> None:
    waiting(4)
    form = to_two()
    preview = mariam.post(DISTRIBUTE, form).context["lines"]
    chosen = [f"{line.row.pk} {line.officer.pk}" for line in preview[1:]]  # so that turns would shift
    done = mariam.post(DISTRIBUTE, form | {"row": chosen, "confirmed": "yes"})
    assert done.context["ready"] == len(chosen)
    given = dict(QueueEntry.objects.exclude(officer=None).values_list("pk", "officer"))
    assert given == {line.row.pk: line.officer.pk for line in preview[1:]}


def test_what_happened_meanwhile_is_reported_and_not_done_over(mariam: Client) -> None:
    first, second, third = waiting(3, is_checked=True)
    fatima = works.staff("fatima@town.example", "فاطمة", "Fatima", "supervisor", at=works.authority())  # type: ignore[arg-type]
    colleague = works.act_as(fatima)
    confirmed = {"row": [str(each.pk) for each in (first, second, third)], "confirmed": "yes"}
    decision.decide(first, "refused", "المسار محجوز.", "", actor=colleague, at=SUNDAY)
    QueueEntry.objects.filter(pk=second.pk).update(turn="applicant")
    done = mariam.post(DECIDE, confirmed)
    assert [(line.row.pk, line.done) for line in done.context["lines"]] == [
        (second.pk, False),
        (third.pk, True),
    ]
    assert (done.context["ready"], done.context["refused"], done.context["gone"]) == (1, 1, 1)
    page = done.content.decode()
    assert "It no longer waits for your decision." in page
    assert "Closed meanwhile:" in page
    assert Application.objects.get(pk=first.pk).stage == "refused"


def test_what_another_person_took_meanwhile_stays_with_them(mariam: Client) -> None:
    [taken, free] = waiting(2)
    form = to_two()
    preview = mariam.post(DISTRIBUTE, form).context["lines"]
    fatima = works.staff("fatima@town.example", "فاطمة", "Fatima", "officer", at=works.authority())  # type: ignore[arg-type]
    assignment.assign(taken, works.act_as(fatima), SUNDAY)
    sent = [f"{line.row.pk} {line.officer.pk}" for line in preview]
    done = mariam.post(DISTRIBUTE, form | {"row": sent, "confirmed": "yes"})
    assert [(line.row.pk, line.done) for line in done.context["lines"]] == [
        (taken.pk, False),
        (free.pk, True),
    ]
    assert QueueEntry.objects.get(pk=taken.pk).officer == fatima


def test_only_the_services_of_the_list_are_approved(mariam: Client) -> None:
    made = waiting(2, is_checked=True)
    QueueEntry.objects.filter(pk=made[1].pk).update(office="buildings")
    listed = mariam.get(DECIDE, {"office": "buildings"}).context["lines"]
    assert [line.row.pk for line in listed] == [made[1].pk]
    done = mariam.post(f"{DECIDE}?office=buildings", {"row": [str(made[0].pk)], "confirmed": "yes"})
    assert [line.done for line in done.context["lines"]] == [False]


def of_other_service(number: int) -> Application:
    """An application of another service of the town, checked by Salem, that waits for a decision."""
    other = works.works(CHECK, BY_OFFICER).model_copy(update={"service": "road-closure", "code": "RC"})
    made = works.submitted(works.publish(other), reference=f"CAP-2026-{number:06}")
    works.asked(made)
    check(made, "completeness", actor=works.act_as(person("salem", works.authority())), at=SUNDAY)
    return made


def narrow_mandates(*services: str) -> None:
    """Let Mariam decide these services alone."""
    mariam = works.act_as(person("mariam", works.authority()))
    mandated.end_mandates(mariam)
    mandated.sign(mariam, services=list(services), acts=["grant", "refuse"])


def test_a_row_outside_the_mandate_is_said_and_the_others_are_approved(mariam: Client) -> None:
    [within] = waiting(1, is_checked=True)
    outside = of_other_service(900)
    assert [line.problem for line in mariam.get(DECIDE).context["lines"]] == ["", ""]
    narrow_mandates(within.definition.service)
    said = {line.row.pk: str(line.problem) for line in mariam.get(DECIDE).context["lines"]}
    assert said == {outside.pk: str(OutsideMandate.text), within.pk: ""}
    confirmed = {"row": [str(outside.pk), str(within.pk)], "confirmed": "yes"}
    done = {line.row.pk: line.done for line in mariam.post(DECIDE, confirmed).context["lines"]}
    assert done == {outside.pk: False, within.pk: True}


def test_a_row_above_the_amount_of_the_mandate_is_said(mariam: Client) -> None:
    fees = (ChargeRule.model_validate(fee({"amount": "1.000", "per": {"each-of": "days"}})),)
    version = works.publish(works.works(BY_OFFICER).model_copy(update={"charges": fees}))
    short, long = (works.submitted(version, reference=f"CAP-2026-00000{days}", days=days) for days in (2, 6))
    for each in (short, long):
        works.asked(each)
    me = works.act_as(person("mariam", works.authority()))
    mandated.end_mandates(me)
    mandated.sign(me, acts=["grant"], up_to=5_000)
    said = {line.row.pk: str(line.problem) for line in mariam.get(DECIDE).context["lines"]}
    assert said == {short.pk: "", long.pk: str(OutsideMandate.text)}


def test_a_refusal_that_no_preview_foresaw_is_reported_by_its_row_alone(
    mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    [within] = waiting(1, is_checked=True)
    outside = of_other_service(900)
    narrow_mandates(within.definition.service)
    monkeypatch.setattr(hand, "barred", lambda *_args, **_more: {})
    assert not any(line.problem for line in mariam.get(DECIDE).context["lines"])
    confirmed = {"row": [str(outside.pk), str(within.pk)], "confirmed": "yes"}
    lines = {line.row.pk: line for line in mariam.post(DECIDE, confirmed).context["lines"]}
    assert str(lines[outside.pk].problem) == str(OutsideMandate.text)
    assert lines[within.pk].done


def test_a_row_that_one_refused_before_is_said(mariam: Client) -> None:
    before, free = waiting(2, is_checked=True)
    me = works.act_as(person("mariam", works.authority()))
    decision.decide(before, "refused", "No.", "", actor=me, at=SUNDAY)
    Application.objects.filter(pk=before.pk).update(stage="submitted")  # as a reconsideration leaves it
    queue.refresh(Application.objects.get(pk=before.pk), SUNDAY)
    said = {line.row.pk: str(line.problem) for line in mariam.get(DECIDE).context["lines"]}
    assert said == {before.pk: str(DecidedBefore.text), free.pk: ""}


def test_rows_of_ones_own_interest_are_said(mariam: Client) -> None:
    waiting(2, is_checked=True)
    me = works.act_as(person("mariam", works.authority()))
    declare(works.layla().personal_number or "", actor=me, at=SUNDAY)
    said = [str(line.problem) for line in mariam.get(DECIDE).context["lines"]]
    assert said == [str(sentence_of(OwnInterest.code))] * 2


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_one_decision_outside_the_mandate_is_said_before_it_is_confirmed(
    mariam: Client, outcome: str
) -> None:
    [application] = waiting(1, is_checked=True)
    typed = {"outcome": outcome, "reasons": "Too narrow."}
    where = reverse("desk:decide", args=[application.pk])
    assert mariam.post(where, typed).templates[0].name == "desk/confirm_decision.html"
    narrow_mandates("road-closure")
    told = mariam.post(where, typed)
    assert told.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert str(OutsideMandate.text) in told.content.decode()

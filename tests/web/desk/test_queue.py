"""The queue: counts, orders and filters that stay in the address, marks, notes, and acts on many at once."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import Definition
from rukhsa.issuance.models import Instrument
from rukhsa.mandates.models import Mandate, MandateEnd
from rukhsa.review.check import check
from rukhsa.review.queue import QueueEntry
from rukhsa.review.referral import answer
from rukhsa.values.names import Text
from tests import mandated
from tests.rooms.payments.definition import fee
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, BY_ONE, CHECK, SUNDAY
from tests.rules.source import SOURCE
from tests.web.desk.conftest import SignIn, person

pytestmark = pytest.mark.django_db
QUEUE = "/desk/queue/"


@pytest.fixture
def three(db: None) -> list[Application]:
    """Three of Layla's applications, submitted an hour apart."""
    version, made = works.publish(works.works(CHECK, BY_OFFICER)), []
    for number in range(3):
        at = SUNDAY + timedelta(hours=number)
        made.append(works.submitted(version, reference=f"CAP-2026-{number:06}", at=at))
        works.asked(made[-1], at)
    return made


def references(client: Client, **asked: str) -> list[str]:
    return [row.reference for row in client.get(QUEUE, asked).context["rows"]]


def test_each_filter_says_how_many_it_shows(salem: Client, three: list[Application]) -> None:
    salem.post(reverse("desk:take", args=[three[0].pk]))
    counted = {each.id: count for each, _address, count in salem.get(QUEUE).context["filters"]}
    shown = {each: len(references(salem, show=each)) for each in counted}
    assert counted == shown
    assert (counted["mine"], counted["unassigned"], counted["all"]) == (1, 2, 3)


def test_late_ones_come_first_and_other_orders_can_be_chosen(salem: Client, three: list[Application]) -> None:
    QueueEntry.objects.filter(pk=three[2].pk).update(due_at=SUNDAY, urgent_at=SUNDAY)
    assert references(salem)[0] == "CAP-2026-000002"
    assert references(salem, order="oldest") == [f"CAP-2026-{number:06}" for number in range(3)]
    assert references(salem, order="newest") == [f"CAP-2026-{number:06}" for number in (2, 1, 0)]
    assert references(salem, service="no-such-service") == []
    assert len(references(salem, service="road-works")) == len(three)


def test_filters_stay_after_an_act_and_the_case_names_the_next_one(
    salem: Client, three: list[Application]
) -> None:
    kept = "?show=unassigned&order=newest"
    case = reverse("desk:application", args=[three[2].pk])
    page = salem.get(case + kept)
    assert page.context["beside"].next.reference == "CAP-2026-000001"
    acted = salem.post(reverse("desk:check", args=[three[2].pk, "completeness"]) + kept)
    assert acted["Location"] == case + kept
    page = salem.get(case + kept).content.decode()
    assert f"{reverse('desk:application', args=[three[1].pk])}?show=unassigned&amp;order=newest" in page


def test_each_form_of_a_case_hands_the_filters_on(mariam: Client, referred: Application) -> None:
    kept = "?show=late&order=newest"
    case = reverse("desk:application", args=[referred.pk])
    page = mariam.get(case + kept).content.decode()
    acts = set(re.findall(rf'<form method="post"[^>]* action="({case}[^"]*)"', page))
    assert len(acts) > 5
    assert {each for each in acts if not each.endswith("?show=late&amp;order=newest")} == set()


def test_no_template_of_an_act_on_a_case_leaves_the_filters_out() -> None:
    act = re.compile(r"action=\"{% url 'desk:[a-z-]+' application\.pk[^\"]*")
    found = [
        one
        for each in sorted((SOURCE / "web/templates/desk").glob("*.html"))
        for one in act.findall(each.read_text("utf-8"))
    ]
    assert len(found) > 15
    assert [one for one in found if not one.endswith("{{ listing.suffix }}")] == []


def test_acts_on_referrals_go_back_to_the_filters(mariam: Client, referred: Application) -> None:
    kept = "?show=late&order=newest"
    first, second = referred.referrals.order_by("pk")
    officer = works.act_as(person("noor", second.agency))
    limit = {"ar": "العمل ليلًا", "en": "Work at night"}
    answer(second, "conditions", "", conditions=[Text(**limit)], actor=officer, at=SUNDAY)
    [condition] = second.opinion.conditions.all()
    case = reverse("desk:application", args=[referred.pk])
    QueueEntry.objects.filter(pk=referred.pk).update(due_at=SUNDAY)
    for address, typed in (
        (reverse("desk:choose-documents", args=[referred.pk, first.pk]), {"document": "drawing"}),
        (reverse("desk:rule-on-condition", args=[referred.pk, condition.pk]), {"reason": "It is by day."}),
        (reverse("desk:ask-again", args=[referred.pk, second.pk]), {"reason": "The route changed."}),
    ):
        assert f'action="{address}?show=late&amp;order=newest"' in mariam.get(case + kept).content.decode()
        assert mariam.post(address + kept, typed)["Location"] == case + kept, address


def test_the_next_in_line_heeds_the_office_and_the_mandates_that_are_chosen(
    salem: Client, three: list[Application]
) -> None:
    urgent, other, _third = three
    QueueEntry.objects.filter(pk=other.pk).update(office="buildings")
    take = reverse("desk:next-in-line")
    assert str(other.pk) in salem.post(f"{take}?office=buildings")["Location"]
    assert str(urgent.pk) in salem.post(f"{take}?office=roads")["Location"]
    assert salem.post(f"{take}?office=parks")["Location"] == f"{QUEUE}?office=parks"
    me = works.act_as(person("salem", works.authority()))
    assert str(urgent.pk) in salem.post(f"{take}?mandate=mine")["Location"]
    mandated.end_mandates(me)
    mandated.sign(me, services=["camping-registration"], acts=["grant"])
    assert salem.post(f"{take}?mandate=mine")["Location"] == f"{QUEUE}?mandate=mine"


def test_a_case_is_given_to_a_person_who_is_chosen_and_not_to_its_holder(
    mariam: Client, three: list[Application]
) -> None:
    person("salem", works.authority())
    case = reverse("desk:application", args=[three[0].pk])
    offered = r'<select [^>]*id="officer" name="officer" required>(.*?)</select>'
    before = re.findall(offered, mariam.get(case).content.decode(), re.DOTALL)[0]
    assert ("Mariam Ali" in before, "selected" in before) == (True, False)
    assert before.strip().startswith('<option value="">')
    mariam.post(reverse("desk:take", args=[three[0].pk]))
    after = re.findall(offered, mariam.get(case).content.decode(), re.DOTALL)[0]
    assert ("Mariam Ali" in after, "Salem Hasan" in after) == (False, True)
    assert mariam.post(reverse("desk:hand-over", args=[three[0].pk]), {"officer": ""}).status_code == 422


def test_an_application_is_found_by_the_number_of_its_document(salem: Client, instrument: Instrument) -> None:
    found = salem.post(reverse("desk:search"), {"wanted": instrument.number.lower()})
    assert [row.pk for row in found.context["rows"]] == [instrument.intent.application_id]


def test_the_next_in_line_opens_the_most_urgent(salem: Client, three: list[Application]) -> None:
    QueueEntry.objects.filter(pk=three[1].pk).update(urgent_at=SUNDAY)
    opened = salem.post(reverse("desk:next-in-line") + "?service=road-works")
    assert opened["Location"] == reverse("desk:application", args=[three[1].pk]) + "?service=road-works"
    assert "held for you" in salem.get(opened["Location"]).content.decode()


def test_a_note_is_read_by_colleagues_and_by_no_applicant(
    salem: Client, mariam: Client, three: list[Application]
) -> None:
    salem.post(reverse("desk:note", args=[three[0].pk]), {"note": "Call the contractor first."})
    case = reverse("desk:application", args=[three[0].pk])
    assert "Call the contractor first." in mariam.get(case).content.decode()
    client = Client()
    client.force_login(three[0].applicant)
    page = client.get(reverse("portal:application", args=[three[0].pk]))
    assert "Call the contractor" not in page.content.decode()
    refused = salem.post(reverse("desk:note", args=[three[0].pk]), {"note": " "})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_applications_are_handed_out_in_turn_after_a_preview(
    mariam: Client, three: list[Application]
) -> None:
    salem, supervisor = person("salem", works.authority()), person("mariam", works.authority())
    asked = {"from": "", "to": [str(salem.pk), str(supervisor.pk)], "count": "3"}
    preview = mariam.post(reverse("desk:distribute"), asked)
    assert len(preview.context["lines"]) == len(three)
    assert not QueueEntry.objects.exclude(officer=None).exists()
    shown = [f"{line.row.pk} {line.officer.pk}" for line in preview.context["lines"]]
    done = mariam.post(reverse("desk:distribute"), asked | {"row": shown, "confirmed": "yes"})
    assert all(line.done for line in done.context["lines"])
    given = QueueEntry.objects.values_list("officer", flat=True)
    assert sorted(map(str, given)) == sorted(map(str, [salem.pk, salem.pk, supervisor.pk])) or len(
        set(given)
    ) == len(asked["to"])


def test_several_are_approved_at_once_and_each_line_says_what_became_of_it(
    mariam: Client, three: list[Application], sign_in: SignIn
) -> None:
    salem = works.act_as(person("salem", works.authority()))
    for each in three[:2]:
        check(each, "completeness", actor=salem, at=SUNDAY)
    preview = mariam.get(reverse("desk:decide-many"))
    assert {line.row.pk for line in preview.context["lines"]} == {each.pk for each in three[:2]}
    done = mariam.post(reverse("desk:decide-many"), {"row": [str(three[0].pk)], "confirmed": "yes"})
    assert [(line.row.pk, line.done) for line in done.context["lines"]] == [(three[0].pk, True)]
    stages = dict(Application.objects.values_list("pk", "stage"))
    assert [stages[each.pk] for each in three] == ["granted", "submitted", "submitted"]


def test_the_queue_narrows_to_an_office_and_the_counts_with_it(
    salem: Client, three: list[Application]
) -> None:
    QueueEntry.objects.filter(pk=three[1].pk).update(office="buildings")
    assert references(salem, office="buildings") == [three[1].reference]
    assert set(references(salem, office="roads")) == {three[0].reference, three[2].reference}
    page = salem.get(QUEUE, {"office": "buildings"})
    counted = {each.id: count for each, _address, count in page.context["filters"]}
    assert counted["all"] == 1
    assert "office=buildings" in page.context["filters"][0][1]  # every link hands it on


def test_the_queue_narrows_to_what_ones_mandates_cover(salem: Client, three: list[Application]) -> None:
    assert len(references(salem, mandate="mine")) == len(three)
    mine = Mandate.objects.get(post__person=person("salem", works.authority()))
    fatima, ahmed = mandated.signers()
    MandateEnd.objects.create(mandate=mine, reason="", by=ahmed, at=SUNDAY)
    assert references(salem, mandate="mine") == []
    for service in ("another-service", "road-works"):
        Mandate.objects.create(
            post=mine.post, authority_id="CAP", services=[service], acts=["grant"], starts_on=SUNDAY.date(),
            state="approved", proposed_by=fatima, proposed_at=SUNDAY, decided_by=ahmed, decided_at=SUNDAY,
        )  # fmt: skip
        assert len(references(salem, mandate="mine")) == (3 if service == "road-works" else 0)
    assert len(references(salem)) == len(three)


def test_the_preview_of_many_grants_tells_each_fee_and_their_sum(
    mariam: Client, three: list[Application]
) -> None:
    meaning = works.works(CHECK, BY_OFFICER).model_dump(mode="json", exclude_none=True)
    paid = works.publish(Definition.model_validate(meaning | {"charges": [fee({"amount": "5.250"})]}))
    salem = works.act_as(person("salem", works.authority()))
    for number in (7, 8):
        made = works.submitted(paid, reference=f"CAP-2026-{number:06}")
        works.asked(made)
        check(made, "completeness", actor=salem, at=SUNDAY)
    check(three[0], "completeness", actor=salem, at=SUNDAY)
    preview = mariam.get(reverse("desk:decide-many"))
    fees = {line.row.reference: line.fee.minor for line in preview.context["lines"]}
    assert fees == {"CAP-2026-000007": 5250, "CAP-2026-000008": 5250, three[0].reference: 0}
    assert str(preview.context["total"]) == "10.500"
    assert "5.250" in preview.content.decode()


def test_the_case_tells_why_one_person_may_act_alone(salem: Client, three: list[Application]) -> None:
    alone = works.submitted(works.publish(works.works(CHECK, BY_ONE)), reference="CAP-2026-000009")
    works.asked(alone)
    told = "One person may examine and decide this service, because:"
    page = salem.get(reverse("desk:application", args=[alone.pk])).content.decode()
    assert told in page
    assert "the town has no other officer" in page
    other = salem.get(reverse("desk:application", args=[three[0].pk])).content.decode()
    assert told not in other


def test_a_supervisor_elsewhere_counts_hands_out_and_approves_nothing_here(
    sign_in: SignIn, three: list[Application]
) -> None:
    salem = works.act_as(person("salem", works.authority()))
    check(three[0], "completeness", actor=salem, at=SUNDAY)
    elsewhere = works.authority("MUH", 2)
    other = person("mariam", elsewhere)
    client = sign_in(other)
    assert [load.open for load in client.get(reverse("desk:workload")).context["loads"]] == [0, 0]
    asked = {"to": [str(other.pk)], "row": [str(each.pk) for each in three], "confirmed": "yes"}
    assert client.post(reverse("desk:distribute"), asked).context["lines"] == []
    assert client.post(reverse("desk:decide-many"), asked).context["lines"] == []
    assert client.post(reverse("desk:next-in-line"))["Location"] == QUEUE

"""The days of those who keep the house: administrator, security officer, data protection, finance, key holder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act, Stage
from rukhsa.authorities.models import Post
from rukhsa.issuance.issuing_stop import current_stop
from rukhsa.payments.models import Payout
from rukhsa.payments.payout import approve_payout, propose_payout
from rukhsa.personal.models import Erasure, ErasureOrder
from rukhsa.personal.order import propose_one
from rukhsa.staff.change import StaffChange
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import IBAN, person, released
from tests.web.desk.days_in_the_life.persons_day import Day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def posted(name: str, role: Role) -> Person:
    """One more of the Capital's staff."""
    return works.staff(f"{name}@keeping.example", "عائشة", name.title(), role, at=works.authority())


def posts_of(who: Person) -> list[str]:
    """The roles that a person holds today."""
    return list(
        Post.objects.in_force(on=timezone.localdate()).filter(person=who).values_list("role", flat=True)
    )


def test_the_administrator_invites_moves_and_ends_a_post(day: Day, visited: Application) -> None:
    salem, yusuf = (person(name, works.authority()) for name in ("salem", "yusuf"))
    day.sign_in(posted("fatima", Role.ADMINISTRATOR))
    day.menu("staff")
    day.go("main a[href$='/staff/invite']")
    for name, text in (("email", "amna@keeping.example"), ("name_ar", "آمنة"), ("name_en", "Amna")):
        day.write(f"[name={name}]", text)
    day.go("main form .actions button")
    assert posts_of(Person.objects.get(email="amna@keeping.example")) == ["officer"]
    day.menu("staff")
    day.go(f"main a[href*='{yusuf.pk}']")
    day.choose("details.change:has([name=role]) > summary")
    day.tab_to("select[name=post]")
    day.page.keyboard.press("ArrowDown")  # in place of the post of an inspector
    day.go("form[action$='/give'] button")
    day.menu("staff")
    day.go(f"main a[href*='{salem.pk}']")
    day.go("form[action$='/end'] button")
    day.sign_out()
    tomorrow = timezone.localdate() + timedelta(days=1)
    held = Post.objects.in_force(on=tomorrow)
    assert [post.role for post in held.filter(person__in=(salem, yusuf))] == ["officer"]  # Yusuf's


def test_the_security_officer_approves_a_supervisors_post(day: Day, visited: Application) -> None:
    salem, fatima = person("salem", works.authority()), posted("fatima", Role.ADMINISTRATOR)
    change = StaffChange.objects.create(
        act="post", person=salem, authority=works.authority(), role=Role.SUPERVISOR,
        starts_on=timezone.localdate(), proposed_by=fatima, proposed_at=timezone.now(),
    )  # fmt: skip
    day.sign_in(posted("aisha", Role.SECURITY_OFFICER))
    day.menu("security")
    day.menu("staff")
    day.go(f"main a[href*='{change.pk}']")
    day.go("form[action$='/approve'] button")
    assert "supervisor" in posts_of(salem)
    day.sign_out()


def test_the_data_protection_officer_reads_what_is_over_and_erases_by_two(
    day: Day, visited: Application
) -> None:
    Step.objects.create(
        application=visited,
        act=Act.REFUSE,
        stage_before=Stage.SUBMITTED,
        stage_after=Stage.REFUSED,
        at=SUNDAY,
    )
    Application.objects.filter(pk=visited.pk).update(stage=Stage.REFUSED)
    visited.refresh_from_db()
    colleague = works.act_as(posted("amal", Role.DATA_PROTECTION))
    order = propose_one(visited, "طلبت ذلك", actor=colleague, at=timezone.now())
    day.sign_in(posted("dana", Role.DATA_PROTECTION))
    day.menu("people")
    day.write("[name=number]", visited.applicant.personal_number or "")
    day.go("main form.act-form button")
    day.go("main a[href$='/people/retention']")  # a dry run: what would be erased, by the rules
    assert not Erasure.objects.exists()
    day.go(f"form[action*='{order.pk}/approve'] button")
    assert Erasure.objects.get().application == visited
    assert ErasureOrder.objects.get().decided_by_id != colleague.person.pk
    day.sign_out()


def test_finance_asks_for_a_refund_and_records_one_that_was_sent(day: Day, visited: Application) -> None:
    noor, huda = (person(name, works.authority()) for name in ("finance", "huda"))
    other = propose_payout(
        released(visited, 2), "bank-transfer", iban=IBAN, actor=works.act_as(noor), at=timezone.now()
    )
    mariam = works.act_as(person("mariam", works.authority()))
    approve_payout(other, actor=mariam, at=timezone.now())
    owed = released(visited, 1)
    day.sign_in(huda)
    day.menu("payouts")
    day.go(f"main a[href$='/owed/deposit/{owed.pk}']")
    day.choose("[name=channel]")
    if not day.page.locator("#by-transfer").is_checked():
        day.page.keyboard.press("ArrowDown")  # from the card to a transfer
    day.write("[name=iban]", IBAN)
    day.go("main form:has([name=iban]) button")
    assert Payout.objects.filter(release=owed, proposed_by=huda, state="proposed").exists()
    day.menu("payouts")
    day.go(f"main a[href*='{other.pk}']")
    day.write("[name=reference]", "FT26335001")
    day.go("form[action$='/confirm'] button")
    other.refresh_from_db()
    assert (other.state, other.reference) == ("done", "FT26335001")
    day.sign_out()


def test_the_key_holder_reads_the_keys_and_stops_issuing(day: Day, visited: Application) -> None:
    day.sign_in(posted("operator", Role.OPERATOR))
    day.menu("running")
    day.go("main a[href$='/running/issuing/']")
    day.choose("details.change > summary")
    day.write("[name=reason]", "اختبار الإيقاف")
    day.go("form[action$='/issuing/stop'] button")
    assert current_stop() is not None
    day.write("[name=reason]", "انتهى الاختبار")
    day.go("form[action$='/issuing/start'] button")
    stop = current_stop()
    assert stop is not None
    assert stop.start_proposals.get().waits  # another operator must agree
    day.sign_out()

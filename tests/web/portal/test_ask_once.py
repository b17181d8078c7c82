"""What is known is not asked: eKey's claims, earlier answers, earlier files, and a whole earlier application."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application, Step
from rukhsa.catalogue.definition import co_signing, read_definition
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import territory_folder
from tests import applicants

pytestmark = pytest.mark.django_db

OWN_CONTRACTOR = "{id: contractor, type: company, known: company,"


def begun(browser: Client, service: str) -> Application:
    """A new draft of a service."""
    browser.post(f"/services/{service}/start")
    return Application.objects.order_by("-created_at")[0]


def offers_in(page: str) -> list[str]:
    """The values of the buttons that choose an earlier answer."""
    return [part.partition('"')[0] for part in page.split('name="_use" value="')[1:]]


def test_an_address_used_before_is_chosen_by_a_press(browser: Client) -> None:
    before = applicants.submitted(browser)
    draft = begun(browser, "refuse-bags")
    page = f"/applications/{draft.pk}/questions/home"
    shown = browser.get(page).content.decode()
    (offer,) = offers_in(shown)
    assert offer == f"home:{before.pk}.home"
    assert "Proof-of-residence certificate" in shown
    filled = browser.post(page, {"home.block": "", "_use": offer}).content.decode()
    assert 'name="home.road" value="1705"' in filled
    draft.refresh_from_db()
    assert draft.answers["home"] == before.answers["home"]


@pytest.mark.parametrize("whose", ["another's", "none"])
def test_an_answer_of_another_person_is_neither_offered_nor_chosen(browser: Client, whose: str) -> None:
    before = applicants.submitted(browser)
    stranger = applicants.signed_in(applicants.neighbour())
    draft = begun(stranger, "refuse-bags")
    page = f"/applications/{draft.pk}/questions/home"
    assert offers_in(stranger.get(page).content.decode()) == []
    stranger.post(page, {"_use": f"home:{before.pk}.home" if whose == "another's" else "home:x.y"})
    draft.refresh_from_db()
    assert "home" not in draft.answers


def test_an_earlier_file_is_offered_where_it_fits_and_is_the_same_stored_file(browser: Client) -> None:
    before = applicants.submitted(browser)
    draft = begun(browser, "proof-of-residence")
    right = applicants.Answers()
    browser.post(f"/applications/{draft.pk}/questions/home", right.home | right.use | {"on": "1"})
    earlier = before.attachments.get()
    add = f"/applications/{draft.pk}/documents/deed/earlier"
    assert f'value="{earlier.pk}"' in browser.get(f"/applications/{draft.pk}/documents").content.decode()
    assert browser.post(add, {"file": str(earlier.pk)}).status_code == 302
    assert draft.attachments.get().digest == earlier.digest
    assert f'value="{earlier.pk}"' not in browser.get(f"/applications/{draft.pk}/documents").content.decode()
    for no_file, status in {"": 422, "x": 422, str(draft.pk): 404}.items():
        assert browser.post(add, {"file": no_file}).status_code == status


def test_a_file_of_another_person_cannot_be_taken(browser: Client) -> None:
    earlier = applicants.submitted(browser).attachments.get()
    stranger = applicants.signed_in(applicants.neighbour())
    draft = begun(stranger, "proof-of-residence")
    add = f"/applications/{draft.pk}/documents/deed/earlier"
    assert stranger.post(add, {"file": str(earlier.pk)}).status_code == 404
    assert not draft.attachments.exists()


def test_an_earlier_file_is_checked_by_the_limits_of_today(browser: Client) -> None:
    earlier = applicants.submitted(browser).attachments.get()
    draft = begun(browser, "proof-of-residence")
    browser.post(f"/applications/{draft.pk}/questions/home", applicants.Answers().home)
    for name in ("one.png", "two.png"):  # at most two are taken
        picture = applicants.picture(name)
        picture = applicants.SimpleUploadedFile(
            name, picture.read() + name.encode(), content_type="image/png"
        )
        browser.post(f"/applications/{draft.pk}/documents/deed", {"file": picture})
    assert draft.attachments.count() == 2
    answer = browser.post(f"/applications/{draft.pk}/documents/deed/earlier", {"file": str(earlier.pk)})
    assert answer.status_code == 422
    assert draft.attachments.count() == 2


def test_who_applied_before_begins_with_everything_given_then(browser: Client) -> None:
    before = applicants.submitted(browser)
    service = browser.get("/services/proof-of-residence").content.decode()
    assert f'name="like" value="{before.pk}"' in service
    answer = browser.post("/services/proof-of-residence/start", {"like": str(before.pk)})
    new = Application.objects.exclude(pk=before.pk).get()
    assert answer["Location"] == f"/applications/{new.pk}/review"
    assert (new.answers, new.typed) == (before.answers, before.typed)
    assert new.attachments.get().digest == before.attachments.get().digest
    assert "Submit the application" in browser.get(answer["Location"]).content.decode()


def test_no_one_begins_with_the_application_of_another(browser: Client) -> None:
    before = applicants.submitted(browser)
    stranger = applicants.signed_in(applicants.neighbour())
    assert 'name="like"' not in stranger.get("/services/proof-of-residence").content.decode()
    stranger.post("/services/proof-of-residence/start", {"like": str(before.pk)})
    assert Application.objects.count() == 1


@pytest.fixture
def asking(open_town: None, tmp_path: Path) -> str:
    """A service whose form asks for a birth date and a phone, its document not of those who signed in with eKey."""
    text = (territory_folder() / "services/proof-of-residence.yaml").read_text()
    asked = """    questions:
      - {id: born, type: date, known: birth-date, ask: {ar: ما تاريخ ميلادك؟, en: What is your birth date?}}
      - {id: call, type: phone, known: phone, ask: {ar: ما رقم هاتفك؟, en: What is your phone number?}}
"""
    text = text.replace("    questions:\n", asked, 1)
    text = text.replace("  - id: deed\n", "  - id: deed\n    given-with: ekey\n", 1)
    file = tmp_path / "proof-of-residence.yaml"
    file.write_text(text)
    publish(file, actor=None, at=timezone.now())
    return "proof-of-residence"


def test_what_ekey_told_is_shown_and_not_asked_and_frozen_with_its_source(asking: str) -> None:
    person = applicants.layla(birthdate="1985-04-12")
    browser = applicants.signed_in(person)
    draft = begun(browser, asking)
    page = f"/applications/{draft.pk}/questions/home"
    shown = browser.get(page).content.decode()
    assert "12 April 1985" in shown
    assert 'name="born"' not in shown
    right = applicants.Answers()
    forged = {"born": "2001-01-01", "call": "+97336999999", "on": "1"}
    assert browser.post(page, right.home | right.use | forged)["Location"].endswith("/review")
    applicants.layla(
        birthdate="1985-04-12", phone="+97336000777"
    )  # told at another sign-in, before it is submitted
    browser.post(f"/applications/{draft.pk}/review")
    draft.refresh_from_db()
    assert draft.stage == "submitted"
    assert (draft.answers["born"], draft.answers["call"]) == ("1985-04-12", "+97336000777")
    told = Step.objects.get(application=draft, act="submit").content["known"]
    person.refresh_from_db()
    assert person.told_at
    assert told["born"] == {"from": "ekey", "told_at": person.told_at.isoformat()}
    applicants.layla(birthdate="1986-04-12")
    assert "12 April 1985" in browser.get(f"/applications/{draft.pk}/").content.decode()
    assert "from eKey" in browser.get(f"/applications/{draft.pk}/").content.decode()


def test_what_ekey_did_not_tell_is_asked(asking: str) -> None:
    browser = applicants.signed_in(applicants.layla(birthdate=""))
    draft = begun(browser, asking)
    shown = browser.get(f"/applications/{draft.pk}/questions/home").content.decode()
    assert 'name="born' in shown
    assert 'name="call"' not in shown


def test_a_copy_of_the_identity_is_asked_of_those_whom_ekey_did_not_prove(asking: str) -> None:
    browser = applicants.signed_in(applicants.layla(birthdate="1985-04-12"))
    draft = begun(browser, asking)
    right = applicants.Answers()
    page = f"/applications/{draft.pk}/questions/home"
    assert browser.post(page, right.home | right.use | {"on": "1"})["Location"].endswith("/review")
    Person.objects.update(told_at=None)
    assert browser.post(page, right.home | right.use | {"on": "1"})["Location"].endswith("/documents")


def test_a_registration_of_another_is_refused_where_the_company_is_the_applicants(
    open_town: None, tmp_path: Path
) -> None:
    text = (territory_folder() / "services/road-works-licence.yaml").read_text()
    file = tmp_path / "road-works-licence.yaml"
    file.write_text(text.replace("{id: contractor, type: company, whose: another,", OWN_CONTRACTOR))
    publish(file, actor=None, at=timezone.now())
    browser = applicants.signed_in(applicants.layla(kind="investor", companies=[applicants.GULF]))
    draft = begun(browser, "road-works-licence")
    page = f"/applications/{draft.pk}/questions/contractor"
    assert offers_in(browser.get(page).content.decode()) == ["contractor:12345-1"]
    stolen = {"contractor.number": "99999-1", "contractor.name": "Another", "on": "1"}
    assert "eKey does not name you for this registration" in browser.post(page, stolen).content.decode()
    own = {"contractor.number": "12345-1", "contractor.name": "Gulf Contracting", "on": "1"}
    assert "eKey does not name you" not in browser.post(page, own).content.decode()
    applicants.layla(kind="investor", companies=[])
    assert "eKey does not name you" in browser.post(page, own).content.decode()


@pytest.mark.parametrize(
    ("service", "alone", "with_another"),
    [
        ("proof-of-residence", {"tenure": "tenant"}, {"tenure": "family"}),
        ("municipal-fees-account", {"tenure": "owner"}, {"tenure": "tenant"}),
        ("address-plate-renewal", {"capacity": "owner"}, {"capacity": "tenant"}),
    ],
)
def test_an_owner_agrees_in_an_own_sign_in_and_lends_no_card(
    service: str, alone: dict[str, str], with_another: dict[str, str]
) -> None:
    definition = read_definition(territory_folder() / "services" / f"{service}.yaml").value
    assert co_signing(definition, alone) is None
    assert co_signing(definition, with_another) is not None

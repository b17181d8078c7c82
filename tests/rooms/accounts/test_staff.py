"""Staff sign in by password and a second proof; applicants do not, whatever they have."""

import re
from base64 import b32decode
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.authorities.models import Agency, Authority, Post
from rukhsa.project.config import Environment
from rukhsa_rehearsal.cast import CAST
from rukhsa_rehearsal.known_secrets import code_of, fixed_secret, give_fixed_secret
from rukhsa_rehearsal.staffing import make_cast

pytestmark = pytest.mark.django_db
SALEM = {"login": "salem@mun.example", "password": "salem-of-the-town"}


@pytest.fixture(autouse=True)
def _used_codes_are_forgotten() -> None:
    cache.clear()


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock stands: a code holds for half a minute, whose end no test meets by chance."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=moment.timestamp))
    return moment


@pytest.fixture
def cast() -> list[Person]:
    Authority.objects.create(code="CAP", ordinal=1)
    Authority.objects.create(code="MUH", ordinal=2)
    Agency.objects.create(code="ewa")
    return make_cast()


def test_password_and_code_open_the_desk(cast: list[Person], moment: datetime) -> None:
    browser = Client()
    first = browser.post("/desk/sign-in", SALEM)
    assert first["Location"] == "/desk/sign-in/proof"
    assert "_auth_user_id" not in browser.session
    second = browser.post(first["Location"], {"code": code_of("salem@mun.example", at=moment)})
    assert second["Location"] == "/desk/"
    assert browser.session["_auth_user_id"] == str(cast[0].pk)


def test_a_wrong_code_opens_nothing(cast: list[Person], moment: datetime) -> None:
    browser = Client()
    browser.post("/desk/sign-in", SALEM)
    right = code_of("salem@mun.example", at=moment)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    refused = browser.post("/desk/sign-in/proof", {"code": wrong})
    assert refused.status_code == 200
    assert "انتهت صلاحيته" in refused.content.decode()  # our words, not those of the library
    assert "_auth_user_id" not in browser.session


def test_a_wrong_password_is_told_in_our_words(cast: list[Person]) -> None:
    refused = Client().post("/desk/sign-in", SALEM | {"password": "another"})
    assert "البريد الإلكتروني أو كلمة المرور غير صحيحة." in refused.content.decode()


def test_a_code_opens_once(cast: list[Person], moment: datetime) -> None:
    code = code_of("salem@mun.example", at=moment)
    for expected in (302, 200):
        browser = Client()
        browser.post("/desk/sign-in", SALEM)
        assert browser.post("/desk/sign-in/proof", {"code": code}).status_code == expected


def test_staff_without_a_second_proof_can_only_set_one_up(cast: list[Person]) -> None:
    Authenticator.objects.all().delete()
    browser = Client()
    browser.force_login(cast[0])
    assert browser.get("/desk/")["Location"] == "/desk/proofs/"
    assert "رموز لمرة واحدة" in browser.get("/desk/proofs/").content.decode()


def test_the_password_of_an_applicant_opens_nothing(cast: list[Person]) -> None:
    applicant = Person.objects.create_user("layla@people.example", "a-long-password-1", kind="citizen")
    browser = Client()
    answer = browser.post("/desk/sign-in", {"login": applicant.email, "password": "a-long-password-1"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in browser.session


def test_the_same_password_of_staff_goes_on(cast: list[Person]) -> None:
    sara = Person.objects.create_user("sara@mun.example", "a-long-password-1", kind="staff")
    Post.objects.create(person=sara, role="officer", authority_id="CAP", starts_on=date(2020, 1, 1))
    give_fixed_secret(sara)
    answer = Client().post("/desk/sign-in", {"login": sara.email, "password": "a-long-password-1"})
    assert answer["Location"] == "/desk/sign-in/proof"


def test_nobody_opens_an_account_by_a_form() -> None:
    assert Client().get("/accounts/signup/").status_code == 404


def test_a_secret_is_not_stored_in_the_clear(cast: list[Person]) -> None:
    stored = Authenticator.objects.get(user=cast[0]).data["secret"]
    assert fixed_secret("salem@mun.example") not in stored


def test_the_cast_is_made_once_with_posts_everywhere(cast: list[Person]) -> None:
    make_cast()
    assert Person.objects.count() == len(CAST)
    assert Post.objects.filter(person=cast[0]).count() == 2
    assert Post.objects.get(person__email="noor@ewa.example").agency_id == "ewa"


def test_there_is_no_cast_in_production(settings: Settings) -> None:
    settings.CONFIG = replace(settings.CONFIG, environment=Environment.PRODUCTION)
    for command in (("cast",), ("code", "salem")):
        with pytest.raises(CommandError):
            call_command(*command)
    assert not Person.objects.exists()


def test_the_code_is_printed_by_name(
    cast: list[Person], moment: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("code", "salem")
    assert capsys.readouterr().out.strip() == code_of("salem@mun.example", at=moment)


def test_a_code_holds_for_its_half_minute_alone(cast: list[Person], moment: datetime) -> None:
    for seconds, opens in ((-30, False), (30, False), (0, True)):
        cache.clear()
        browser = Client()
        browser.post("/desk/sign-in", SALEM)
        code = code_of("salem@mun.example", at=moment + timedelta(seconds=seconds))
        browser.post("/desk/sign-in/proof", {"code": code})
        assert ("_auth_user_id" in browser.session) is opens, seconds


def test_seeds_and_recovery_codes_are_random_and_long_enough(cast: list[Person]) -> None:
    seeds = {auth.generate_totp_secret() for _ in range(100)}
    assert len(seeds) == 100
    assert {len(b32decode(seed)) for seed in seeds} == {20}  # 160 bits, as RFC 4226 asks
    for person in cast[:2]:
        RecoveryCodes.activate(person)
    first, second = (RecoveryCodes(each) for each in Authenticator.objects.filter(type="recovery_codes"))
    codes = [*first.generate_codes(), *second.generate_codes()]
    assert len(set(codes)) == 20
    assert {len(code) for code in codes} == {8}  # digits: 26 bits
    assert len(RecoveryCodes.generate_seed()) == 80  # hexadecimal: 320 bits for a set


def test_the_field_for_a_password_hides_it_and_lets_a_manager_fill_it() -> None:
    page = Client().get("/desk/sign-in").content.decode()
    [field] = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "maxlength" not in field
    assert "onpaste" not in page


def test_an_account_knows_neither_the_age_of_its_password_nor_a_secret_question() -> None:
    names = {field.name for field in Person._meta.get_fields()}
    assert {name for name in names if re.search("password|question|hint|expir", name)} == {"password"}

"""Publishing freezes a definition as it is, once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from rukhsa.audit.models import JournalEntry
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.service_version import PublishedBefore, publish
from rukhsa.catalogue.territory import paper_files, service_files
from tests.rooms.catalogue.broken import BAHRAIN, changed, text_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
RW = "road-works-licence"


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / f"{RW}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_did_not_change_is_not_published_again(tmp_path: Path) -> None:
    file = write(tmp_path, text_of(RW))
    first = publish(file, actor=None, at=AT)
    write(tmp_path, "# a comment changes nothing\n" + text_of(RW))
    assert publish(file, actor=None, at=AT) == first
    assert JournalEntry.objects.filter(act="catalogue:service:publish").count() == 1


def test_a_changed_service_is_a_new_version_beside_the_old_one(tmp_path: Path) -> None:
    first = publish(write(tmp_path, text_of(RW)), actor=None, at=AT)
    second = publish(write(tmp_path, changed(RW, "amount: 2.000", "amount: 3.000")), actor=None, at=AT)
    assert (first.number, second.number) == (1, 2)
    assert ServiceVersion.objects.current().get(service=RW) == second
    assert ServiceVersion.objects.get(pk=first.pk).definition.charges[1].rows[0].amount == "2.000"


@pytest.mark.parametrize("file", sorted((BAHRAIN / "services").glob("*.yaml")), ids=lambda file: file.stem)
def test_what_comes_back_from_the_database_is_what_was_published(file: Path) -> None:
    version = publish(file, actor=None, at=AT)
    kept = ServiceVersion.objects.get(pk=version.pk).definition
    assert kept == read_definition(file).value
    # PostgreSQL keeps no order of keys, and codes of options are places in an order.
    assert kept.profile() == read_definition(file).value.profile()
    assert [list(getattr(q, "options", {})) for q in kept.questions] == [
        list(getattr(q, "options", {})) for q in read_definition(file).value.questions
    ]


def test_going_back_to_what_an_older_version_said_is_refused(tmp_path: Path) -> None:
    publish(write(tmp_path, text_of(RW)), actor=None, at=AT)
    publish(write(tmp_path, changed(RW, "amount: 2.000", "amount: 3.000")), actor=None, at=AT)
    with pytest.raises(PublishedBefore, match="version 1"):
        publish(write(tmp_path, text_of(RW)), actor=None, at=AT)


def test_a_profile_by_which_seals_are_read_only_grows(tmp_path: Path) -> None:
    publish(write(tmp_path, text_of(RW)), actor=None, at=AT)
    swapped = changed(RW, "          repair: {ar: إصلاح, en: Repair}\n", "")
    with pytest.raises(DefinitionRefused, match="profile-code"):
        publish(write(tmp_path, swapped), actor=None, at=AT)
    renewed = swapped.replace("profile-code: 205", "profile-code: 905")
    assert publish(write(tmp_path, renewed), actor=None, at=AT).number == 2


def test_a_definition_with_a_problem_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(DefinitionRefused):
        publish(write(tmp_path, changed(RW, "refer: ewa", "refer: eva")), actor=None, at=AT)
    assert not ServiceVersion.objects.exists()


def test_a_published_version_cannot_be_rewritten(tmp_path: Path) -> None:
    publish(write(tmp_path, text_of(RW)), actor=None, at=AT)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        ServiceVersion.objects.update(number=9)


def test_the_command_publishes_all(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("services", "publish", "--without-gate")
    call_command("services", "publish", "--without-gate")
    assert ServiceVersion.objects.count() == len([*service_files(BAHRAIN), *paper_files(BAHRAIN)])
    call_command("services", "list", language="ar")
    assert "رخصة أشغال طريق" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="not a territory"):
        call_command("services", "check", territory=tmp_path)
    with pytest.raises(CommandError, match=r'there is no service "nothing"\. Write one of: address-card'):
        call_command("services", "publish", "nothing")

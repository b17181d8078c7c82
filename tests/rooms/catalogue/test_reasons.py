"""Coded reasons: read from the territory, checked, kept in versions that are never changed."""

import shutil
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rukhsa.catalogue.compiler import problems_in
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import UnknownReason, in_words, load_reasons
from rukhsa.catalogue.reason_rule import read_reasons
from rukhsa.project.config import PROJECT

BAHRAIN, SPEARFISH = (PROJECT / "territories" / name for name in ("bahrain", "spearfish"))
TEXT = """reasons:
  noise:
    for: [refusal, return]
    text: {ar: ضوضاء, en: Noise}
    basis: {ar: قانون, en: A law}
    services: [SERVICE]
    source: assumed
"""


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "reasons.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("folder", [BAHRAIN, SPEARFISH], ids=lambda folder: folder.name)
def test_each_territory_has_reasons_for_each_act(folder: Path) -> None:
    reading = read_reasons(folder)
    assert reading
    uses = {use for rule in reading.value.reasons.values() for use in rule.for_}
    assert uses == {"refusal", "return", "suspension", "revocation", "correction"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (TEXT.replace("SERVICE", "excavation-permits"), "unknown-service", 6),
        (TEXT.replace("SERVICE", "excavation-permit").replace(", en: Noise", ""), "text-missing", 4),
        (TEXT.replace("SERVICE", "excavation-permit").replace("refusal", "refuse"), "unknown-value", 3),
    ],
)
def test_a_wrong_reason_is_a_problem_at_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    written(folder, text)
    (problem,) = problems_in(folder)
    assert (problem.code, problem.line, problem.file) == (code, line, "reasons.yaml")


@pytest.mark.django_db
def test_the_file_writes_a_version_only_of_what_changed(tmp_path: Path) -> None:
    folder = written(tmp_path / "town", TEXT.replace("SERVICE", "excavation-permit"))
    (first,) = load_reasons(folder, at=timezone.now())
    assert load_reasons(folder, at=timezone.now()) == []
    written(folder, TEXT.replace("SERVICE", "excavation-permit").replace("A law", "Another law"))
    (second,) = load_reasons(folder, at=timezone.now())
    assert (first.number, second.number, second.basis.en) == (1, 2, "Another law")
    assert Reason.objects.offered("refusal", "excavation-permit").get() == second


@pytest.mark.django_db
def test_what_the_staff_changed_stands_against_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path / "town", TEXT.replace("SERVICE", "excavation-permit"))
    (first,) = load_reasons(folder, at=timezone.now())
    Reason.objects.create(
        code="noise", number=2, uses=["refusal"], text_ar="ضجيج", text_en="Much noise", at=timezone.now()
    )
    assert load_reasons(folder, at=timezone.now()) == []
    assert Reason.objects.chosen(["noise"], "refusal", "excavation-permit")[0].text.en == "Much noise"
    assert first.text.en == "Noise"  # what was given before is still told so


@pytest.mark.django_db
def test_a_reason_is_given_only_for_its_acts_and_its_services(tmp_path: Path) -> None:
    load_reasons(written(tmp_path / "town", TEXT.replace("SERVICE", "excavation-permit")), at=timezone.now())
    (noise,) = Reason.objects.chosen(["noise"], "return", "excavation-permit")
    assert in_words([noise], "Near a school.", "en") == "Noise\nNear a school."
    assert in_words([noise], "", "ar") == "ضوضاء"
    for use, service in (("revocation", "excavation-permit"), ("refusal", "address-card")):
        with pytest.raises(UnknownReason):
            Reason.objects.chosen(["noise"], use, service)


@pytest.mark.django_db
def test_an_ended_reason_is_offered_no_more(tmp_path: Path) -> None:
    load_reasons(written(tmp_path / "town", TEXT.replace("SERVICE", "excavation-permit")), at=timezone.now())
    Reason.objects.create(
        code="noise", number=2, uses=["refusal"], text_ar="-", text_en="-", is_ended=True, at=timezone.now()
    )
    assert not Reason.objects.offered("refusal").exists()
    with pytest.raises(UnknownReason):
        Reason.objects.chosen(["noise"], "refusal", "excavation-permit")


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_reason_that_was_given(tmp_path: Path) -> None:
    text = TEXT.replace("SERVICE", "excavation-permit")
    (noise,) = load_reasons(written(tmp_path / "town", text), at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reason.objects.filter(pk=noise.pk).update(text_en="Silence")

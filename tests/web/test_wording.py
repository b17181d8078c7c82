"""Sentences are found in templates and code, and the check names those that the catalogue lacks."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from rukhsa.web import dictionary
from rukhsa.web.dictionary import NotLiteral, Sentence, sentences

WANTED = {Sentence(singular="Pay %(amount)s"), Sentence(singular="%(days)s day", plural="%(days)s days")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "Back" %}{% blocktranslate trimmed count n=n %}\n  {{ n }} day'
        "{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    (tmp_path / "module.py").write_text(
        'from django.utils.translation import gettext_lazy as _\nA = _("One " "sentence.")\nother("No")\n'
    )
    return tmp_path


def test_sentences_are_found_in_templates_and_in_code(source: Path) -> None:
    assert sentences(source) == {
        Sentence(singular="Back"),
        Sentence(singular="%(n)s day", plural="%(n)s days"),
        Sentence(singular="One sentence."),
    }


def test_a_sentence_made_at_run_time_is_refused(source: Path) -> None:
    (source / "module.py").write_text('from django.utils.translation import gettext as _\n_(f"{1}")\n')
    with pytest.raises(NotLiteral):
        sentences(source)


def test_a_word_that_is_two_in_arabic_has_a_context(source: Path) -> None:
    (source / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "Refused" %}{% translate "Refused" context "act" %}'
        '{% blocktranslate trimmed context "act" count n=n %}{{ n }} vote'
        "{% plural %}{{ n }} votes{% endblocktranslate %}"
    )
    (source / "module.py").write_text(
        'from django.utils.translation import pgettext_lazy as _p\nA = _p("document", "Refused")\n'
    )
    wanted = sentences(source)
    assert wanted == {
        Sentence(singular="Refused"),
        Sentence(singular="Refused", context="act"),
        Sentence(singular="Refused", context="document"),
        Sentence(singular="%(n)s vote", plural="%(n)s votes", context="act"),
    }
    catalogue = Catalog(locale="ar")
    assert dictionary.update(catalogue, wanted) == 4
    assert dictionary.update(catalogue, wanted) == 0
    catalogue["Refused"].string = "مرفوض"
    assert "not translated: Refused (act)" in dictionary.faults(catalogue, wanted)
    assert "not translated: Refused" not in dictionary.faults(catalogue, wanted)
    assert dictionary.update(catalogue, {Sentence(singular="Refused")}) == 0
    assert [message.id for message in catalogue if message.id] == ["Refused"]


def _catalogue() -> Catalog:
    catalogue = Catalog(locale="ar")
    catalogue.add("Pay %(amount)s", "ادفع %(amount)s")
    catalogue.add(("%(days)s day", "%(days)s days"), ("%(days)s يوم", "يوم", "يومان", *["%(days)s يوم"] * 3))
    return catalogue


def test_a_whole_catalogue_has_no_fault() -> None:
    assert dictionary.faults(_catalogue(), WANTED) == []


@pytest.mark.parametrize(
    ("string", "fault"),
    [("", "not translated"), ("ادفع", "other placeholders"), ("ادفع %(sum)s", "other placeholders")],
)
def test_a_sentence_that_is_not_right_is_named(string: str, fault: str) -> None:
    catalogue = _catalogue()
    catalogue["Pay %(amount)s"].string = string
    assert dictionary.faults(catalogue, WANTED) == [f"{fault}: Pay %(amount)s"]


def test_missing_unconfirmed_and_unused_sentences_are_named() -> None:
    catalogue = _catalogue()
    catalogue["Pay %(amount)s"].flags.add("fuzzy")
    catalogue.add("Old", "قديم")
    found = dictionary.faults(catalogue, {*WANTED, Sentence(singular="New")})
    assert found == ["missing: New", "no longer used: Old", "unconfirmed: Pay %(amount)s"]


def test_bringing_it_up_to_date_keeps_what_was_translated(tmp_path: Path) -> None:
    catalogue = _catalogue()
    assert dictionary.update(catalogue, {*WANTED, Sentence(singular="New")}) == 1
    dictionary.write(catalogue, tmp_path / "django.po")
    again = dictionary.read(tmp_path / "django.po")
    assert again["Pay %(amount)s"].string == "ادفع %(amount)s"
    assert dictionary.faults(again, {*WANTED, Sentence(singular="New")}) == ["not translated: New"]

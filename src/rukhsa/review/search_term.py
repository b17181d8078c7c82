"""The desk's search: what was typed, read as each thing by which a person may know an application."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.review.participant import applications
from rukhsa.values.identifiers import only_digits, typed_number
from rukhsa.values.writing import FOLDED, MIXED_UP, latin_digits

# The migration builds its indexes on the same letters.
_FOLD = str.maketrans(MIXED_UP, FOLDED)

# A name that more people bear is no name to search by: a second word or the reference tells them apart.
MOST_HOLDERS = 200
FEWEST_LAST_DIGITS = 4  # of a reference; fewer are its whole number without the zeros before it
FEWEST_OF_A_PHONE = 7
_NEWEST_FIRST = ("-submitted_at", "pk")


class Words(Func):
    """The words of a name, folded, as PostgreSQL's full text search reads them."""

    template = f"to_tsvector('simple'::regconfig, translate(%(expressions)s, '{MIXED_UP}', '{FOLDED}'))"
    output_field = SearchVectorField()


class Sound(Func):
    """The words of a name by its consonants alone, the same for its Arabic and its Latin spelling."""

    function = "rukhsa_sound_of_name"
    output_field = TextField()


class Sounds(Func):
    """The sounds of a name in both languages, as PostgreSQL's full text search reads them."""

    template = "to_tsvector('simple'::regconfig, rukhsa_sound_of_name(name_ar || ' ' || name_en))"
    output_field = SearchVectorField()


class Number(Func):
    """The running number in a reference, without the zeros before it."""

    template = "ltrim(split_part(%(expressions)s, '-', 3), '0')"
    output_field = TextField()


class LastDigits(Func):
    """The running number in a reference, read from its end, so that an index finds its last digits."""

    template = "reverse(split_part(%(expressions)s, '-', 3))"
    output_field = TextField()


class PhoneFromItsEnd(Func):
    """The digits of a telephone number, read from the end: with or without the code of the country."""

    template = r"reverse(regexp_replace(%(expressions)s, '\D', '', 'g'))"
    output_field = TextField()


def search(actor: Actor, typed: str, *, most: int, named: QuerySet[Any] | None = None) -> list[Application]:
    """At most `most` applications that the actor may open and examine, the newest first; none for an empty search.

    By reference, its beginning or its last digits, personal number, registration, telephone, or words of a name.
    `named` are the keys of applications that a later room found by what was typed.
    """
    typed = latin_digits(typed).strip()
    if not typed:
        return []
    about = _about(typed)
    if named is not None:
        about |= Q(pk__in=list(named[:MOST_HOLDERS]))
    here = applications(actor, Permission.CHECK)
    here = here.alias(number=Number("reference"), last_digits=LastDigits("reference"))
    found = here.filter(about).order_by(*_NEWEST_FIRST)
    # Found first and then read: the people are joined to what is shown only, and not to all that is found.
    shown = Application.objects.filter(pk__in=found.values("pk")[:most])
    shown = shown.select_related("applicant", "company", "queue_entry__officer").defer("typed", "answers")
    return list(shown.order_by(*_NEWEST_FIRST))


def _about(typed: str) -> Q:
    if not re.search(r"\d", typed):
        people = _named(Person.objects.all(), typed)
        return Q(applicant__in=people) | Q(company__in=_named(Company.objects.all(), typed))
    return _of_reference(typed) | _of_holder(typed)


def _of_reference(typed: str) -> Q:
    first, *rest = typed_number(typed).split("-")
    # A check character stands alone: it is O or I as often as any other.
    meant = [first, *(_as_digits(part) if len(part) > 1 else part for part in rest)]
    about = Q(reference__startswith="-".join(meant))
    ending = re.fullmatch(r"(\d+)[\s-]*([A-Z]?)", _as_digits(first) if not rest else "-".join(meant))
    if ending is None:
        return about
    number, check = ending.groups()
    wanted = Q(number=number.lstrip("0"))
    if len(number) >= FEWEST_LAST_DIGITS:
        wanted |= Q(last_digits__startswith=number[::-1])
    return about | (wanted & Q(reference__endswith=check))


def _of_holder(typed: str) -> Q:
    """The number of a person or a company, or a telephone; each is asked of an index of its own."""
    number = _as_digits(re.sub(r"[\s/]", "", typed))
    digits = re.sub(r"\D", "", number).removeprefix("00")
    is_number = Q(personal_number=number)
    people = Person.objects.filter(is_number)
    if len(digits) >= FEWEST_OF_A_PHONE:
        phones = Person.objects.alias(from_end=PhoneFromItsEnd("phone")).exclude(phone="")
        people = people.union(phones.filter(from_end__startswith=digits[::-1]))
    holders = list(people.values_list("pk", flat=True)[:MOST_HOLDERS])
    companies = list(Company.objects.filter(registration=number).values_list("pk", flat=True))
    return Q(applicant__in=holders) | Q(company__in=companies)


def _as_digits(part: str) -> str:
    """A part of a number with O and I read as the digits that they stand for, where that makes it a number."""
    meant = only_digits(part)
    return meant if re.fullmatch(r"[\d-]+", meant) else part


def _named(holders: QuerySet[Any], typed: str) -> list[Any]:
    """The holders whose names hold these words; where there are none, those whose names sound alike.

    By their consonants ليلى, Layla and Leila are one name.
    """
    words = re.findall(r"\w+", typed.translate(_FOLD))
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    vectors = {f"words_{language}": Words(F(f"name_{language}")) for language in ("ar", "en")}
    found = holders.alias(**vectors).filter(Q(words_ar=query) | Q(words_en=query))
    alike = holders.alias(sounds=Sounds()).filter(
        sounds=SearchQuery(Sound(Value(typed)), config="simple", search_type="plain")
    )
    # Fetched and not joined: a name too common to tell people apart must not read every application.
    keys = (list(each.values_list("pk", flat=True)[:MOST_HOLDERS]) for each in (found, alike))
    return next((each for each in keys if each), [])

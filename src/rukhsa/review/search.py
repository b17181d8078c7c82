"""Finds applications by their reference or by words of a name."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, Q, QuerySet

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.review import reach
from rukhsa.values.writing import latin_digits

# Letters that people mix up are one letter; the migration builds its indexes on the same expression.
_MIXED_UP, _FOLDED = "أإآٱةى", "ااااهي"
_FOLD = str.maketrans(_MIXED_UP, _FOLDED)

# A name that more people bear is no name to search by: a second word or the reference tells them apart.
MOST_HOLDERS = 200
_NEWEST_FIRST = ("-submitted_at", "pk")


class Words(Func):
    """The words of a name, folded, as PostgreSQL's full text search reads them."""

    template = f"to_tsvector('simple'::regconfig, translate(%(expressions)s, '{_MIXED_UP}', '{_FOLDED}'))"
    output_field = SearchVectorField()


def search(actor: Actor, wanted: str, *, most: int) -> list[Application]:
    """At most `most` applications that the actor may open and examine, the newest first; none for an empty search."""
    wanted = latin_digits(wanted).strip()
    if not wanted:
        return []
    found = reach.applications(actor, Permission.CHECK).filter(_about(wanted)).order_by(*_NEWEST_FIRST)
    # Found first and then read: whom they are of is asked for what is shown, and not for all that is found.
    shown = Application.objects.filter(pk__in=found.values("pk")[:most])
    shown = shown.select_related("applicant", "company", "queue_entry__officer").defer("typed", "answers")
    return list(shown.order_by(*_NEWEST_FIRST))


def _about(wanted: str) -> Q:
    if re.search(r"\d", wanted):
        return Q(reference__startswith=wanted.upper())
    people = _named(Person.objects.all(), wanted)
    return Q(applicant__in=people) | Q(company__in=_named(Company.objects.all(), wanted))


def _named(holders: QuerySet[Any], wanted: str) -> list[Any]:
    words = re.findall(r"\w+", wanted.translate(_FOLD))
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    vectors = {f"words_{language}": Words(F(f"name_{language}")) for language in ("ar", "en")}
    found = holders.alias(**vectors).filter(Q(words_ar=query) | Q(words_en=query))
    # Fetched and not joined: a name too common to tell people apart must not read every application.
    return list(found.values_list("pk", flat=True)[:MOST_HOLDERS])

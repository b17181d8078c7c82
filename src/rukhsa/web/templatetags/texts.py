"""Bilingual texts, amounts, dates and codes in the language of the page."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import get_currency_symbol
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rukhsa.applications.models import Application
from rukhsa.catalogue.reason import Told
from rukhsa.catalogue.territory import territory
from rukhsa.payments.amount import WRITTEN
from rukhsa.review.decision import Decision
from rukhsa.review.finding import Finding
from rukhsa.values.hijri import hijri_in_words
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.values.writing import clean, span_in_words

register = template.Library()


@register.filter
def text(value: Any) -> str:
    """A `Text`, or a mapping with ar and en, in the language of the page; anything else unchanged."""
    if isinstance(value, dict):
        value = Text(ar=value.get("ar", ""), en=value.get("en", ""))
    return value.in_language(get_language() or "ar") if isinstance(value, Text) else str(value or "")


@register.filter
def told_here(said: Decision | Finding) -> Told:
    """The reasons of a decision, or a finding, and their legal basis in the language of the page."""
    return said.told(get_language() or "ar")


@register.filter
def authority_name(application: Application) -> str:
    """The name of the authority that decides it; empty before it is submitted."""
    code = application.authority_id
    return text(territory().authority(code).name(on=timezone.localdate())) if code else ""


@register.filter
def money(value: Money) -> SafeString:
    """An amount with its currency, BD 25.500 or 25.500 د.ب, in one line, isolated from the direction of the page."""
    if get_language() != "ar":
        return format_html(
            '<span class="amount"><bdi dir="ltr">{}\u00a0{}</bdi></span>', _unit(value), str(value)
        )
    return format_html(
        '<span class="amount"><bdi dir="ltr">{}</bdi>\u00a0{}</span>', str(value), _unit(value)
    )


def _unit(value: Money) -> str:
    own = WRITTEN.get(value.currency)
    if own or get_language() != "ar":
        return str(own or value.currency)
    return clean(get_currency_symbol(value.currency, locale="ar"))


@register.filter
def unit(value: str) -> str:
    """The name of a unit, in the language of the page."""
    return str(WRITTEN.get(value) or {"m": _("m"), "m2": _("m²")}.get(value, value))


@register.filter
def code(value: object) -> SafeString:
    """A number or code, left to right on any page."""
    return format_html('<bdi dir="ltr" class="code">{}</bdi>', value)


@register.filter
def isolated(value: object) -> str:
    """A text of any direction inside a sentence, by characters, which an attribute can hold as well."""
    return f"\u2068{value}\u2069"


@register.filter
def iban(value: str) -> SafeString:
    """An account number in groups of four, as banks print it."""
    bare = "".join(value.split())
    return code(" ".join(bare[at : at + 4] for at in range(0, len(bare), 4)))


@register.filter
def day(value: date | str) -> str:
    """A date in words: 1 November 2020."""
    return _in_words(value, "d MMMM y")


@register.filter
def month_in_words(value: date | str) -> str:
    """A month in words: November 2020."""
    return _in_words(value, "MMMM y")


@register.filter
def short_day(value: date | str) -> str:
    """A date as short as a list needs it: 1 Nov, with the year where it is not this one."""
    shown = _date(value)
    return _in_words(shown, "d MMM" if shown.year == timezone.localdate().year else "d MMM y")


@register.filter
def weekday(value: date | str) -> str:
    """A date in words with the day of the week, for appointments and deadlines."""
    return _in_words(value, "EEEE d MMMM y")


@register.filter
def both_calendars(value: date | datetime | str) -> str:
    """A date in words, with the Hijri date where the territory uses it: for binding days."""
    gregorian = _date(value)
    hijri = hijri_in_words(gregorian, get_language() or "ar") if territory().hijri else ""
    return _("%(day)s (%(hijri)s)") % {"day": day(gregorian), "hijri": hijri} if hijri else day(gregorian)


@register.filter
def working_days(count: int) -> str:
    """A number of working days in words: "3 working days"."""
    return span_in_words(count, "working day", get_language() or "ar")


@register.filter
def clock(value: datetime) -> str:
    """The time of day: 14:05."""
    return format_time(timezone.localtime(value), "HH:mm", locale="en")


@register.filter
def moment(value: datetime) -> str:
    """A date in words and the time of day."""
    return _("%(day)s at %(time)s") % {"day": day(value), "time": clock(value)}


def _in_words(value: date | str, pattern: str) -> str:
    # Latin digits in Arabic too, as on the official pages of Bahrain.
    locale = "ar_BH" if get_language() == "ar" else "en_GB"
    return format_date(_date(value), pattern, locale=locale).translate(_LATIN)


def _date(value: date | datetime | str) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    return date.fromisoformat(value) if isinstance(value, str) else value


_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")

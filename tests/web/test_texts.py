"""How days are written on pages."""

from datetime import date, datetime
from pathlib import Path

from django.utils import translation
from pytest_django import Settings

from rukhsa.web.templatetags.texts import both_calendars

TERRITORIES = Path(__file__).parents[2] / "territories"


def test_a_day_that_binds_stands_in_both_calendars() -> None:
    with translation.override("ar"):
        assert both_calendars("2020-11-01") == "1 نوفمبر 2020 (15 ربيع الأول 1442 هـ)"
    with translation.override("en"):
        assert both_calendars(date(2020, 11, 1)) == "1 November 2020 (15 Rabi' al-Awwal 1442 AH)"
        assert both_calendars(datetime.fromisoformat("2020-10-31T22:00Z")) == both_calendars("2020-11-01")


def test_a_day_beyond_the_tables_and_a_territory_without_hijri_days_have_one(settings: Settings) -> None:
    with translation.override("en"):
        assert both_calendars("2080-11-01") == "1 November 2080"
        settings.RUKHSA_TERRITORY = TERRITORIES / "spearfish"
        assert both_calendars("2020-11-01") == "1 November 2020"

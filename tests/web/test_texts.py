"""How days are written on pages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from django.template.defaultfilters import filesizeformat
from django.template.loader import get_template
from django.utils import translation
from django.utils.formats import localize
from pytest_django import Settings

from rukhsa.payments.payout import Payout
from rukhsa.values.money import Money
from rukhsa.web.templatetags.texts import both_calendars, money

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


def test_an_amount_stands_in_one_line_with_its_currency_where_each_language_has_it() -> None:
    fee = Money(minor=5_000, currency="BHD")
    with translation.override("en"):
        assert money(fee) == '<span class="amount"><bdi dir="ltr">BD\u00a05.000</bdi></span>'
    with translation.override("ar"):
        assert money(fee) == '<span class="amount"><bdi dir="ltr">5.000</bdi>\u00a0د.ب</span>'


def test_a_decimal_has_a_point_in_both_languages() -> None:
    for language in ("ar", "en"):
        with translation.override(language):
            assert localize(Decimal("6.9")) == "6.9"
            assert filesizeformat(6_900_000).startswith("6.6")


def test_a_started_unit_that_is_charged_whole_is_explained() -> None:
    page, fee = get_template("money/lines.html"), Money(minor=13_800, currency="BHD")
    line = {
        "name": "Works fee",
        "money": fee,
        "units": 46,
        "each": Money(minor=300, currency="BHD"),
        "rounded_from": "45.5",
    }
    with translation.override("en"):
        assert "is charged as" in page.render({"lines": [line], "charge": {"money": fee}})
        assert "is charged as" not in page.render(
            {"lines": [line | {"rounded_from": ""}], "charge": {"money": fee}}
        )


def test_money_that_was_sent_is_told_with_its_day() -> None:
    sent = Payout(state=Payout.State.SENT, decided_at=datetime(2026, 11, 27, 9, tzinfo=UTC))
    for language, told in {"en": "on 27 November 2026", "ar": "في 27 نوفمبر 2026"}.items():
        with translation.override(language):
            assert told in get_template("portal/way.html").render({"payout": sent})

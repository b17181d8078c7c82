"""An amount of money as the rows of this room keep it, and how its currency is written for people."""

from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.values.money import Money

# By the codes of ISO 4217; a currency that is not here is written as its code.
WRITTEN: Final[dict[str, Promise]] = {"BHD": _("BD"), "USD": _("USD")}


class Amount(models.Model):
    """A row with one amount of money, in minor units."""

    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        abstract = True

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

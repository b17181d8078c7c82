"""An amount of money as the rows of this room keep it: minor units, and the currency."""

from django.db import models

from rukhsa.values.money import Money


class Amount(models.Model):
    """A row that is of one amount of money."""

    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        abstract = True

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=self.currency)

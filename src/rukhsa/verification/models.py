"""How often an address has asked, so that nobody tries numbers by the thousand."""

from django.db import models


class AskedCount(models.Model):
    """The questions of one address in one minute; the address is kept as a digest with a secret, for an hour."""

    address = models.CharField(max_length=64)
    what = models.CharField(max_length=10)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "what", "minute"], name="one_count_an_address_a_minute"
            )
        ]

"""The accounts of the books."""

from django.db import models


class Account(models.TextChoices):
    """Where money stands, for each authority; what an amount above zero means is said beside."""

    CLEARING = "clearing"  # a gateway took it and owes it to us
    BANK = "bank"  # it is in the authority's account
    COMMISSIONS = "commissions"  # what gateways keep for themselves
    DIFFERENCES = "differences"  # above zero: a gateway paid out less than it took, and it was explained
    FEES = "fees"  # below zero: earned
    FINES = "fines"  # below zero: earned
    FORFEITURES = "forfeitures"  # below zero: earned, of deposits
    DEPOSITS = "deposits"  # below zero: held, and owed once the works are done
    RELEASES = "releases"  # below zero: deposits on their way back
    OVERPAYMENTS = "overpayments"  # below zero: owed back
    UNDERPAYMENTS = "underpayments"  # below zero: owed back
    REFUNDS = "refunds"  # below zero: owed back for any other reason

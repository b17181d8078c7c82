"""Each thing that two people agree on says who may not decide on it, since it is about themselves or their own."""

from collections.abc import Iterator

from rukhsa.agreement import Agreement

# Where it is about no applicant and no party, or where the verb itself locks the application for the actor.
OF_NO_ONE = {
    "catalogue.ServiceProposal": "a text of a service",
    "catalogue.TerritoryChange": "a setting of the territory",
    "issuance.StartProposal": "issuing as a whole",
    "issuance.SuccessionProposal": "the public log",
    "mandates.Deputy": "a member of staff, who does not sign it (mandates)",
    "mandates.Mandate": "a member of staff, who does not sign it (mandates)",
    "payments.BankFile": "a file; each payout in it says it of itself",
    "review.Proposal": "an application, which participant.lock_for locks for each act",
    "review.SittingMinutes": "a sitting; votes are refused one by one",
    "staff.StaffChange": "a member of staff, who does not approve it (staff)",
}


def kinds(of: type[Agreement] = Agreement) -> Iterator[type[Agreement]]:
    """Every kind of agreement that has a table."""
    for kind in of.__subclasses__():
        if not kind._meta.abstract:
            yield kind
        yield from kinds(kind)


def test_each_agreement_about_an_application_or_a_party_refuses_who_is_close_to_it() -> None:
    silent = {
        kind._meta.label for kind in kinds() if kind.require_no_interest is Agreement.require_no_interest
    }
    assert silent == OF_NO_ONE.keys()

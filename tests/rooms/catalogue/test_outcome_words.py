"""What the compiler says of seasons, places, quotas, bands, renewals and copies that cannot be."""

import pytest

from rukhsa.catalogue.conditions import Comparison, holds
from tests.rooms.catalogue.broken import changed, problems_in_text, text_of

CS, RT, LR, CC, RB = (
    "camping-registration",
    "ramadan-tent-licence",
    "licence-renewal",
    "certified-copy",
    "refuse-bags",
)


@pytest.mark.parametrize(
    ("service", "old", "new", "sentence"),
    [
        (CS, "{season: camping}", "{season: campng}", 'no season "campng". Write "camping"'),
        (CS, "{season: camping}", "{lasts: 1 year}", "counts by the season"),
        (CS, "of: camp-sites", "of: camp-site", 'no list of places "camp-site"'),
        (CS, "{season: camping}", "{permanent: yes}", "has no end"),
        (RB, "per: account", "per: acount", 'no question "acount"'),
        (RB, "per: account", "per: home", "must be choice or iban or identifier or instrument or integer"),
        (RB, "each: month", "each: week", '"week" is not a value'),
        (RT, "- {to: 200, amount: 25.000}", "- {to: 20, amount: 25.000}", "do not ascend"),
        (RT, "- {amount: 0.200, per: {square-metre-of: area}}", "- {to: 900, amount: 1}", "every band but the last"),
        (RT, "counted: whole", "counted: marginal", "leave per out"),
        (RT, "counted: whole", "counted: slowly", '"slowly" is not a value'),
        (RT, "of: area\n", "of: purpose\n", "must be area or decimal or integer"),
        (RT, "- {to: 50, amount: 10.000}", "- {to: 50, amount: 10.0001}", "does not fit here"),
        (RT, "is: charity", "is: charitable", 'no answer "charitable"'),
        (RT, "- bands:", "- authorities: [CAP, MUH, NOR]\n        bands:", "SOU"),
        (RT, "- bands:", "- authorities: [XXX]\n        bands:", 'no authority "XXX"'),
        (LR, ", amount: 20.000}", ", amount-of: permit}", "must be money"),
        (LR, ", amount: 20.000}", ", amount: 1, amount-of: permit}", "exactly one of these"),
        (LR, "renews: permit", "renews: unchanged", "must be instrument"),
        (LR, "after: permit", "after: permt", 'no question "permt"'),
        (CC, "copies: document", "copies: undertaking", "must be instrument"),
        (CC, "question: document, part: service", "question: document, part: name", "has the parts: service"),
        (CC, "- id: undertaking\n", "- id: undertaking\n        when: {question: document, of: [nothing]}\n",
         'no service of its "nothing"'),
    ],
)  # fmt: skip
def test_a_mistake_of_meaning_is_found(service: str, old: str, new: str, sentence: str) -> None:
    problems = problems_in_text(changed(service, old, new))
    assert any(sentence in problem.in_language("en") for problem in problems), problems
    assert all(problem.what.ar for problem in problems)
    assert problems_in_text(text_of(service)) == ()


def test_a_condition_asks_of_which_service_an_instrument_is() -> None:
    of_permits = Comparison.model_validate({"question": "permit", "of": ["small-building-permit"]})
    assert holds(of_permits, {"permit": "small-building-permit"})
    assert not holds(of_permits, {"permit": "road-works-licence"})
    assert not holds(of_permits, {})

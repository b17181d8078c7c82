"""How many statements the database is sent for one application: bounds that nothing may push up unseen."""

from pytest_django import DjangoAssertNumQueries

from tests.town import Town


def test_a_licence_from_its_submission_to_its_document_takes_few_statements(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    application = town.draft("road-works-licence")
    with django_assert_max_num_queries(60):
        town.resubmit(application)
    with django_assert_max_num_queries(30):  # nothing is due
        town.advance(application)
    # A check, two referrals, the decision, and what each brings about.
    with django_assert_max_num_queries(315):
        town.grant(application)
    with django_assert_max_num_queries(212):
        town.pay(application)

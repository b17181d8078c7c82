"""How many statements the database is sent for one application: bounds that nothing may push up unseen."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests import proved
from tests.town import Town


def test_a_licence_from_its_submission_to_its_document_takes_few_statements(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    application = town.draft("road-works-licence")
    with django_assert_max_num_queries(58):
        town.resubmit(application)
    with django_assert_max_num_queries(21):  # nothing is due
        town.advance(application)
    officer = Client()
    proved.sign_in(officer, town.salem.person)
    page = reverse("desk:application", args=[application.pk])
    officer.get(page)  # reads the definition
    # With the notes and files of colleagues, the other cases of applicant and place, standard findings, and the
    # agencies that may be asked.
    with django_assert_max_num_queries(37):
        assert officer.get(page).status_code == 200
    # A check, two referrals, the decision with the mandate that allows it, and what each brings about; before each act
    # the interests are read that its person declared.
    with django_assert_max_num_queries(268):
        town.grant(application)
    with django_assert_max_num_queries(185):
        town.pay(application)
    # With its charge, its decision, the visit after the issue, conditions, and files of colleagues.
    with django_assert_max_num_queries(39):
        assert officer.get(page).status_code == 200


# An excavation is asked for its zones too: once to save the answer, and once to show the page.
@pytest.mark.parametrize(("page", "most"), [("section", 17), ("review", 20)])
def test_an_answer_that_is_asked_again_costs_few_statements(
    page: str, most: int, town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    application = town.draft("excavation-permit", days="nonsense")
    client = Client()
    client.force_login(application.applicant)
    arguments = [application.pk, *(["excavation"] if page == "section" else [])]
    address = reverse(f"portal:{page}", args=arguments)
    client.post(address, {"days": "nonsense"})  # reads the definition
    with django_assert_max_num_queries(most):
        assert client.post(address, {"days": "nonsense"}).status_code == 422

"""The health of a process is the health of its database."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client


@pytest.mark.django_db
def test_a_process_whose_database_answers_is_healthy(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_process_whose_database_is_gone_says_so(client: Client) -> None:
    def gone(*_: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(gone):
        assert client.get("/healthz").status_code == 503

"""The description of the agencies' interface names each address and method of it, and no other."""

import pytest
from jsonschema import Draft202012Validator, ValidationError

from rukhsa.applications.taken import MOST_FILES
from rukhsa.web.api import urls
from tests.described import DESCRIPTION, hold, path_of, schema

OF_GATEWAYS = "gateways/"


def test_each_address_and_method_is_described_and_no_other() -> None:
    served = {
        path_of(str(each.pattern)): each.name
        for each in urls.urlpatterns
        if not str(each.pattern).startswith(OF_GATEWAYS)
    }
    described = {
        path: told[method]["operationId"]
        for path, told in DESCRIPTION["paths"].items()
        for method in told
        if method in {"get", "post"}
    }
    assert described == served


def test_the_schemas_are_schemas_and_refuse() -> None:
    for told in DESCRIPTION["components"]["schemas"].values():
        Draft202012Validator.check_schema(told)
    hold(schema("Answer"), {"answer": "objection", "files": ["x"] * MOST_FILES})
    for wrong in ({}, {"answer": "perhaps"}, {"answer": "objection", "files": ["x"] * (MOST_FILES + 1)}):
        with pytest.raises(ValidationError):
            hold(schema("Answer"), wrong)

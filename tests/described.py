"""The description of what agencies' systems ask (OpenAPI), against which tests hold each answer of the product."""

from pathlib import Path
from typing import Any, Final

import yaml
from django.urls import resolve
from jsonschema import Draft202012Validator

FILE: Final = Path(__file__).parent.parent / "docs/formats/relying.openapi.yaml"
DESCRIPTION: Final = yaml.safe_load(FILE.read_text("utf-8"))


def path_of(route: str) -> str:
    """A route of Django as the description writes it."""
    return "/" + route.replace("<uuid:", "{").replace(">", "}")


def as_described(response: Any) -> Any:
    """The response; its status and content are among those described for its address and method."""
    asked = response.request
    described = DESCRIPTION["paths"][path_of(resolve(asked["PATH_INFO"]).route)]
    told = _followed(described[asked["REQUEST_METHOD"].lower()]["responses"][str(response.status_code)])
    kind = response["Content-Type"].partition(";")[0]
    hold(told["content"][kind]["schema"], response.json())
    assert all(name in response for name in told.get("headers", {}))
    return response


def hold(schema: dict[str, Any], value: object) -> None:
    """Fail where the value is none of the schema."""
    Draft202012Validator(schema | {"components": DESCRIPTION["components"]}).validate(value)


def schema(name: str) -> dict[str, Any]:
    """A reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def _followed(told: dict[str, Any]) -> dict[str, Any]:
    """What is told, or what it refers to."""
    name = told.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DESCRIPTION["components"]["responses"][name] if name else told
    return found

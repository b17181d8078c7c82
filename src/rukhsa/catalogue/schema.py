"""The JSON Schema of a service definition, for editors that complete and check while one writes."""

import json

from rukhsa.catalogue.definition import Definition

FILE_NAME = "service.schema.json"


def schema_text() -> str:
    """The schema as it stands in territories/service.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Definition.model_json_schema(by_alias=True, mode="validation"),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"

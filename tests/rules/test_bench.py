"""The crowd of the bench is written by statements of its own: they know every column that a row must have."""

import re

from django.apps import apps
from django.db.models import NOT_PROVIDED, Model

from bench import crowd, whole

INSERTED = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")


def test_the_rows_of_the_crowd_have_all_that_a_row_must_have() -> None:
    models = {model._meta.db_table: model for model in apps.get_models()}
    rows = [
        (table, columns.split(","))
        for sql in (*crowd.ROWS, *whole.ROWS)
        for table, columns in INSERTED.findall(sql)
    ]
    assert len(rows) == len(crowd.ROWS) + len(whole.ROWS) - 1  # the first makes the table of the crowd itself
    for table, columns in rows:
        missing = _needed(models[table]) - {each.strip() for each in columns}
        assert not missing, (table, missing)


def _needed(model: type[Model]) -> set[str]:
    return {
        field.column
        for field in model._meta.concrete_fields
        if not field.null and field.db_default is NOT_PROVIDED and not getattr(field, "generated", False)
        if field.get_internal_type() not in ("BigAutoField", "AutoField")
    }

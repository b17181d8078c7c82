"""The rule of retention finds who was not seen for years by an index, in place of reading every person."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Greatest


class Migration(migrations.Migration):
    # Without a lock: people sign in while it is made.
    atomic = False

    dependencies = [('accounts', '0003_what_ekey_tells')]

    operations = [
        AddIndexConcurrently(
            model_name='person',
            index=models.Index(
                Greatest('joined_at', 'told_at', 'last_login'),
                condition=models.Q(('kind', 'staff'), _negated=True),
                name='people_by_last_sight',
            ),
        ),
    ]

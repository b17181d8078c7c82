"""The names of the files of cases are erased with an application.

No table is read or written: a trigger is replaced.
"""

from django.db import migrations

from rukhsa.audit.append_only import erasable


class Migration(migrations.Migration):

    dependencies = [
        ('personal', '0004_more_to_erase'),
        ('review', '0023_added_steps'),
    ]

    operations = [erasable({"review_casefile": ("name",)})]

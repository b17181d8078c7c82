"""Who took a notice on paper is erased with its violation. A trigger of a new table is replaced."""

from django.db import migrations

from rukhsa.audit.append_only import erasable


class Migration(migrations.Migration):

    dependencies = [
        ('personal', '0007_violations_and_people'),
        ('violations', '0003_notices_on_paper'),
    ]

    operations = [erasable({"violations_papernotice": ("taken_by",)})]

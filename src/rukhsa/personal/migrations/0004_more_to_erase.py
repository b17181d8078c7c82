"""What else is erased with an application: conditions of agencies, reports of devices, and reasons of second looks.

No table is read or written: three triggers are replaced.
"""

from django.db import migrations

from rukhsa.audit.append_only import erasable

PERSONAL = {
    "review_condition": ("text_ar", "text_en"),
    "review_secondlook": ("reasons",),
    "rounds_fieldreport": ("said",),
}


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0016_second_looks_and_alarms'),
        ('rounds', '0001_initial'),
        ('personal', '0003_orders'),
    ]

    operations = [erasable(PERSONAL)]

"""The birth date that eKey tells of a person, and when it told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_gcc_and_government")]

    operations = [
        migrations.AddField("Person", "birth_date", models.DateField(blank=True, null=True)),
        migrations.AddField("Person", "told_at", models.DateTimeField(blank=True, null=True)),
    ]

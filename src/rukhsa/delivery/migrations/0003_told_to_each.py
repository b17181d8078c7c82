"""An event is told once a channel to each person: to the applicant, and to who acts for them by consent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_preferences")]

    operations = [
        migrations.RemoveConstraint("Notice", "told_once_a_channel"),
        migrations.AddConstraint(
            "Notice",
            models.UniqueConstraint(
                fields=["application", "event", "channel", "person"], name="told_once_a_channel"
            ),
        ),
    ]

"""Feedback after a correction, a visit, a payment and a refusal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0002_feedback_by_day'),
    ]

    operations = [
        migrations.AlterField(
            model_name='feedback',
            name='after',
            field=models.CharField(choices=[('submitted', 'Submitted'), ('corrected', 'Corrected'), ('visited', 'Visited'), ('paid', 'Paid'), ('refused', 'Refused'), ('received', 'Received'), ('page', 'Page')], max_length=10),
        ),
    ]

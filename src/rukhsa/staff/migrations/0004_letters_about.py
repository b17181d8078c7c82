"""A letter may name a reference or a number."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0003_posts_in_offices'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='about',
            field=models.CharField(blank=True, max_length=60),
        ),
    ]

"""A change of the staff names the office of the post."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0002_roles_of_administration'),
        ('staff', '0002_declarations'),
    ]

    operations = [
        migrations.AddField(
            model_name='staffchange',
            name='office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.office'),
        ),
    ]

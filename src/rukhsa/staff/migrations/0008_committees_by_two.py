"""Two people change who is a member of a committee."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0006_data_protection'),
        ('staff', '0007_weekly_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='staffchange',
            name='one_staff_change_under_way',
        ),
        migrations.AddField(
            model_name='staffchange',
            name='committee',
            field=models.SlugField(blank=True, db_default='', db_index=False, default='', max_length=60),
        ),
        migrations.AlterField(
            model_name='staffchange',
            name='act',
            field=models.CharField(choices=[('post', 'Post'), ('end', 'End'), ('reset', 'Reset')], max_length=5),
        ),
        migrations.AddConstraint(
            model_name='staffchange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('act', 'person', 'authority', 'role', 'committee'), name='one_staff_change_under_way'),
        ),
    ]

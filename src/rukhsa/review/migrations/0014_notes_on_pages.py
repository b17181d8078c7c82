"""Notes of officers on a page of a file, at a place of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_within_mandate'),
        ('review', '0013_agendas'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='note',
            name='attachment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.attachment'),
        ),
        migrations.AddField(
            model_name='note',
            name='page',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='note',
            name='x',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='note',
            name='y',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(condition=models.Q(('attachment__isnull', False)), fields=['attachment'], name='notes_on_file'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attachment', None), ('page', None), ('x', None), ('y', None)), models.Q(('attachment__isnull', False), ('page__gte', 1), ('x', None), ('y', None)), models.Q(('attachment__isnull', False), ('page__gte', 1), ('x__lte', 1000), ('y__lte', 1000)), _connector='OR'), name='note_on_a_place_of_a_page'),
        ),
    ]

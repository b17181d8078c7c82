"""What a supervisor does when an agency is silent; applications that an ended post released."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0002_roles_of_administration'),
        ('review', '0009_notes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Silence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('go-on', 'Go On'), ('wait', 'Wait'), ('ask-another', 'Ask Another')], max_length=11)),
                ('reasons', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='waitingreferral',
            name='told',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='waitingreferral',
            index=models.Index(condition=models.Q(('told__lt', 2)), fields=['due_at'], name='referrals_to_tell_of'),
        ),
        migrations.AddField(
            model_name='silence',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='silence',
            name='referral',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='silence', to='review.referral'),
        ),
        migrations.AddField(
            model_name='silence',
            name='successor',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.referral'),
        ),
        migrations.AddConstraint(
            model_name='silence',
            constraint=models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='silence_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='silence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act', 'go-on'), ('successor', None)), models.Q(models.Q(('act', 'go-on'), _negated=True), ('successor__isnull', False)), _connector='OR'), name='silence_goes_on_or_asks_again'),
        ),
        append_only("review_silence"),
    ]

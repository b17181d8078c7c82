"""What the review records, decisions of two officers, of committees, and of further rounds."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only

# What was submitted before this table stood counts from its submission, as it did.
_BEGUN = """
INSERT INTO review_beginning (submission_id, at)
SELECT id, at FROM applications_step AS step WHERE act = 'submit'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_reopening'),
        ('authorities', '0003_committees'),
        ('review', '0005_what_agencies_and_inspectors_are_asked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Beginning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Disagreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reasons', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('media_type', models.CharField(blank=True, max_length=40)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('granted', 'Granted'), ('refused', 'Refused')], max_length=10)),
                ('reasons', models.TextField()),
                ('legal_basis', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=60)),
                ('question', models.CharField(max_length=60)),
                ('value', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('committee', models.SlugField(max_length=60)),
                ('held_on', models.DateField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('grant', 'Grant'), ('refuse', 'Refuse'), ('abstain', 'Abstain'), ('step-out', 'Step Out')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='WaitingMatter',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='waiting_matter', serialize=False, to='applications.application')),
                ('committee', models.SlugField(max_length=60)),
                ('due_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name='decision',
            options={'ordering': ['round']},
        ),
        migrations.RemoveConstraint(
            model_name='decision',
            name='decided_by_an_officer_or_a_rule',
        ),
        migrations.AddField(
            model_name='decision',
            name='round',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name='decision',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='applications.application'),
        ),
        migrations.AddField(
            model_name='attendance',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='beginning',
            name='submission',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.step'),
        ),
        migrations.AddField(
            model_name='disagreement',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='minutes',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='applications.application'),
        ),
        migrations.AddField(
            model_name='minutes',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='applications.application'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='submission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.step'),
        ),
        migrations.AddField(
            model_name='disagreement',
            name='proposal',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disagreement', to='review.proposal'),
        ),
        migrations.AddField(
            model_name='recording',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='applications.application'),
        ),
        migrations.AddField(
            model_name='recording',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sitting',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='convened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='minutes',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='review.sitting'),
        ),
        migrations.AddField(
            model_name='attendance',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='review.sitting'),
        ),
        migrations.AddField(
            model_name='decision',
            name='sitting',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.sitting'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('application', 'round'), name='decided_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('officer__isnull', False), ('rule', ''), ('sitting', None)), models.Q(('officer', None), ('sitting', None), models.Q(('rule', ''), _negated=True)), models.Q(('officer', None), ('rule', ''), ('sitting__isnull', False)), _connector='OR'), name='decided_by_an_officer_a_rule_or_a_sitting'),
        ),
        migrations.AddField(
            model_name='vote',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='applications.application'),
        ),
        migrations.AddField(
            model_name='vote',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='vote',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='review.sitting'),
        ),
        migrations.AddField(
            model_name='waitingmatter',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AddIndex(
            model_name='sitting',
            index=models.Index(fields=['authority', 'committee', '-at'], name='sittings_newest_first'),
        ),
        migrations.AddConstraint(
            model_name='minutes',
            constraint=models.UniqueConstraint(fields=('sitting', 'application'), name='minutes_once_a_sitting'),
        ),
        migrations.AddConstraint(
            model_name='minutes',
            constraint=models.CheckConstraint(condition=models.Q(('digest', ''), ('text', ''), _negated=True), name='minutes_say_something'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('sitting', 'member'), name='present_once_a_sitting'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('sitting', 'application', 'member'), name='one_vote_a_member_a_sitting'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('choice', 'step-out'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='who_steps_out_says_why'),
        ),
        migrations.AddIndex(
            model_name='waitingmatter',
            index=models.Index(fields=['authority', 'committee', 'due_at'], name='matters_most_urgent_first'),
        ),
        migrations.RunSQL(_BEGUN, migrations.RunSQL.noop),
        append_only(
            *("review_recording", "review_beginning", "review_proposal", "review_disagreement"),
            *("review_sitting", "review_attendance", "review_vote", "review_minutes"),
        ),
    ]

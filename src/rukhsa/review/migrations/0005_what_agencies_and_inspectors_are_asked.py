"""Agencies and inspectors read what waits for them from two small tables, filled here from the facts so far."""

import django.db.models.deletion
from django.db import migrations, models


_REFERRALS = """
INSERT INTO review_waitingreferral (referral_id, agency_id, due_at)
SELECT referral.id, referral.agency_id, referral.due_at
FROM review_referral AS referral JOIN applications_application AS application ON application.id = application_id
WHERE application.stage IN ('submitted', 'returned')
  AND NOT EXISTS (SELECT FROM review_opinion AS opinion WHERE opinion.referral_id = referral.id)
"""
_INSPECTIONS = """
INSERT INTO review_waitinginspection (inspection_id, authority_id, due_at)
SELECT inspection.id, application.authority_id, inspection.due_at
FROM review_inspection AS inspection JOIN applications_application AS application ON application.id = application_id
WHERE (inspection.after_issue OR application.stage = 'submitted')
  AND NOT EXISTS (SELECT FROM review_inspectionreport AS report WHERE report.inspection_id = inspection.id AND passed)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0001_initial'),
        ('review', '0004_pages_of_many_authorities'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingInspection',
            fields=[
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='waiting', serialize=False, to='review.inspection')),
                ('due_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
            options={
                'indexes': [models.Index(fields=['authority', 'due_at', 'inspection'], name='visits_most_urgent_first')],
            },
        ),
        migrations.CreateModel(
            name='WaitingReferral',
            fields=[
                ('referral', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='waiting', serialize=False, to='review.referral')),
                ('due_at', models.DateTimeField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.agency')),
            ],
            options={
                'indexes': [models.Index(fields=['agency', 'due_at', 'referral'], name='referrals_most_urgent_first')],
            },
        ),
        migrations.RunSQL(_REFERRALS, migrations.RunSQL.noop),
        migrations.RunSQL(_INSPECTIONS, migrations.RunSQL.noop),
    ]

"""What changed in the status lists since a moment, found without reading the rest."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without a lock: documents are issued while they are made.
    atomic = False

    dependencies = [
        ('issuance', '0009_awaited_documents'),
    ]

    operations = [
        AddIndexConcurrently(model_name='revocation', index=models.Index(fields=['at'], name='revocations_by_day')),
        AddIndexConcurrently(model_name='closure', index=models.Index(fields=['at'], name='closures_by_day')),
        AddIndexConcurrently(model_name='suspension', index=models.Index(fields=['at'], name='suspensions_by_day')),
        AddIndexConcurrently(model_name='reinstatement', index=models.Index(fields=['at'], name='reinstatements_by_day')),
        AddIndexConcurrently(model_name='decoy', index=models.Index(condition=models.Q(('until__isnull', False)), fields=['until'], name='decoys_by_their_end')),
    ]

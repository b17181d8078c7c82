"""That a file of data is ready is told by a notice, which knows itself whether it was sent."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("personal", "0009_data_exports")]

    # The column stays, empty: processes of the version before still read it while this one is put in.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("dataexport", "told_at")]
        )
    ]

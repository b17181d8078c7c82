"""The granted applications that wait for their document, kept apart from all that were ever granted."""

import django.db.models.deletion
from django.db import migrations, models

# Those that were issued long ago were told of long ago; the sweep looks once at the younger ones and deletes them.
AWAITED = migrations.RunSQL(
    """
    CREATE FUNCTION issuance_await_document() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO issuance_awaiteddocument (application_id, since) VALUES (NEW.id, now()) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER issuance_await_document AFTER INSERT OR UPDATE OF stage ON applications_application
        FOR EACH ROW WHEN (NEW.stage = 'granted') EXECUTE FUNCTION issuance_await_document();
    INSERT INTO issuance_awaiteddocument (application_id, since)
        SELECT application.id, now() FROM applications_application AS application WHERE stage = 'granted'
        AND NOT EXISTS (SELECT 1 FROM issuance_intent AS intent
            JOIN issuance_instrument AS instrument ON instrument.intent_id = intent.id
            WHERE intent.application_id = application.id AND instrument.released_at < now() - interval '3 days');
    """,
    """
    DROP TRIGGER issuance_await_document ON applications_application;
    DROP FUNCTION issuance_await_document();
    """,
)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0007_signatories'),
        ('issuance', '0008_acts_within_mandates'),
    ]

    operations = [
        migrations.CreateModel(
            name='AwaitedDocument',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='applications.application')),
                ('since', models.DateTimeField()),
            ],
        ),
        AWAITED,
    ]

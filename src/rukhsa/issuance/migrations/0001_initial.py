"""Instruments and everything that is sealed, logged, stamped and published of them."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables

# A change of the register of addresses comes from a released instrument of a service that changes it, or not at all.
REGISTER_BY_INSTRUMENT = migrations.RunSQL(
    """
    CREATE FUNCTION places_register_by_instrument() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM issuance_instrument AS released
            JOIN issuance_intent AS intent ON intent.id = released.intent_id
            JOIN catalogue_serviceversion AS version ON version.id = intent.service_version_id
            WHERE intent.number = NEW.instrument
              AND version.meaning -> 'instrument' -> 'effects' @> '[{"changes-register": "address"}]'
        ) THEN
            RAISE EXCEPTION 'the register is changed by instruments of the address service alone, not by %',
                NEW.instrument USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER places_register_by_instrument BEFORE INSERT ON places_registerchange
        FOR EACH ROW EXECUTE FUNCTION places_register_by_instrument();
    """,
    """
    DROP TRIGGER places_register_by_instrument ON places_registerchange;
    DROP FUNCTION places_register_by_instrument();
    """,
)


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("issuance", "0002_facts_are_written_once"),
        ("issuance", "0003_legacy_documents"),
        ("issuance", "0004_seals_log_and_files"),
        ("issuance", "0005_instruments_newest_first"),
        ("issuance", "0006_cosignatures"),
        ("issuance", "0007_custody"),
        ("issuance", "0008_time_stamps"),
        ("issuance", "0009_decoys"),
        ("issuance", "0010_stalls_and_claims"),
        ("issuance", "0011_renewals_and_copies"),
        ("issuance", "0012_the_register_is_changed_by_instruments"),
        ("issuance", "0013_intents_by_their_end"),
        ("issuance", "0014_refused_papers"),
    ]

    dependencies = [
        ("applications", "0001_initial"),
        ("authorities", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="PublishedTrustList",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("version", models.PositiveBigIntegerField(unique=True)),
                    ("text", models.TextField()),
                    ("at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="KeyCompromise",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("purpose", models.CharField(max_length=10)),
                    ("kid", models.CharField(max_length=16)),
                    ("since", models.DateTimeField()),
                    ("log_size", models.PositiveBigIntegerField()),
                    ("reason", models.TextField()),
                    ("operator", models.CharField(max_length=80)),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("kid", "purpose", "log_size"), name="one_mark_a_size")],
                },
            ),
            migrations.CreateModel(
                name="IssuingStop",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.TextField()),
                    ("operator", models.CharField(max_length=80)),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="IssuingStart",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.TextField()),
                    ("operator", models.CharField(max_length=80)),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("stop", models.OneToOneField(on_delete=models.PROTECT, related_name="start", to="issuance.issuingstop")),
                ],
            ),
            migrations.CreateModel(
                name="LegacyImport",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("register", models.SlugField(max_length=60)),
                    ("file_digest", models.CharField(max_length=64)),
                    ("mapping_digest", models.CharField(max_length=64)),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("register", "file_digest", "mapping_digest"), name="legacy_file_read_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="LegacyDocument",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("register", models.SlugField(max_length=60)),
                    ("row_number", models.PositiveIntegerField()),
                    ("number", models.CharField(max_length=40)),
                    ("service", models.SlugField(max_length=60)),
                    ("kind", models.CharField(max_length=120)),
                    ("holder", models.CharField(max_length=120)),
                    ("place", models.CharField(max_length=200)),
                    ("issued_on", models.DateField()),
                    ("amounts", models.JSONField(default=dict)),
                    ("details", models.JSONField(default=dict)),
                    ("raw", models.JSONField()),
                    ("source", models.ForeignKey(on_delete=models.PROTECT, related_name="documents", to="issuance.legacyimport")),
                ],
                options={
                    "indexes": [models.Index(fields=["number"], name="legacy_by_number")],
                    "constraints": [models.UniqueConstraint(fields=("register", "number"), name="legacy_number_once_a_register")],
                },
            ),
            migrations.CreateModel(
                name="PaperRefusal",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("origin", models.CharField(max_length=80)),
                    ("code", models.CharField(max_length=40)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.application")),
                ],
                options={
                    "indexes": [models.Index(fields=["-at"], name="paper_refusals_newest_first")],
                    "constraints": [models.UniqueConstraint(fields=("origin", "code"), name="paper_refused_once_for_each_reason")],
                },
            ),
            migrations.CreateModel(
                name="LogCheckpoint",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("sequence", models.PositiveIntegerField()),
                    ("size", models.PositiveBigIntegerField()),
                    ("note", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("authority", "sequence"), name="one_next_checkpoint"),
                        models.UniqueConstraint(fields=("authority", "size"), name="log_only_grows"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Cosignature",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("witness", models.CharField(max_length=16)),
                    ("line", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("checkpoint", models.ForeignKey(on_delete=models.PROTECT, related_name="cosignatures", to="issuance.logcheckpoint")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("checkpoint", "witness"), name="one_cosignature_a_witness")],
                },
            ),
            migrations.CreateModel(
                name="Instrument",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("file_digest", models.CharField(max_length=64)),
                    ("released_at", models.DateTimeField()),
                    ("intent", models.OneToOneField(on_delete=models.PROTECT, related_name="instrument", to="issuance.intent")),
                ],
                options={
                    "indexes": [models.Index(fields=["-released_at", "id"], name="instruments_newest_first")],
                },
            ),
            migrations.CreateModel(
                name="Intent",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("number", models.CharField(max_length=40)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("verification_code", models.CharField(max_length=24, unique=True)),
                    ("status_list", models.PositiveIntegerField()),
                    ("status_index", models.PositiveIntegerField()),
                    ("profile", models.PositiveIntegerField()),
                    ("facts", models.JSONField()),
                    ("valid_from", models.DateField(null=True)),
                    ("valid_until", models.DateField(null=True)),
                    ("at", models.DateTimeField()),
                    (
                        "application",
                        models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="applications.application"),
                    ),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("supersedes", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="issuance.instrument")),
                    ("origin", models.CharField(max_length=80, unique=True)),
                    ("printed", models.JSONField()),
                    ("service_version", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="catalogue.serviceversion")),
                    ("copies", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="issuance.instrument")),
                    ("renews", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="issuance.instrument")),
                ],
                options={
                    "indexes": [
                        models.Index(condition=models.Q(valid_until__isnull=False), fields=["valid_until"], name="intents_by_their_end")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("number", "version"), name="number_and_version_once"),
                        models.UniqueConstraint(fields=("application",), name="one_intent_an_application"),
                        models.UniqueConstraint(fields=("authority", "status_list", "status_index"), name="status_index_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Sealing",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("kid", models.CharField(max_length=16)),
                    ("signature", models.CharField(max_length=128)),
                    ("issued_at", models.DateTimeField()),
                    ("intent", models.OneToOneField(on_delete=models.PROTECT, related_name="sealing", to="issuance.intent")),
                ],
            ),
            migrations.CreateModel(
                name="LogLeaf",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("kind", models.CharField(max_length=20)),
                    ("entry", models.BinaryField()),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("intent", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="leaves", to="issuance.intent")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("intent", "kind"), name="one_leaf_of_a_kind")],
                },
            ),
            migrations.CreateModel(
                name="WaitingLeaf",
                fields=[
                    (
                        "leaf",
                        models.OneToOneField(
                            on_delete=models.PROTECT, primary_key=True, related_name="waiting", serialize=False, to="issuance.logleaf"
                        ),
                    ),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
            ),
            migrations.CreateModel(
                name="LogPlace",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("index", models.PositiveBigIntegerField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("checkpoint", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="issuance.logcheckpoint")),
                    ("leaf", models.OneToOneField(on_delete=models.PROTECT, related_name="place", to="issuance.logleaf")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("authority", "index"), name="one_leaf_a_place")],
                },
            ),
            migrations.CreateModel(
                name="SignedFile",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("digest", models.CharField(max_length=64)),
                    ("at", models.DateTimeField()),
                    ("intent", models.OneToOneField(on_delete=models.PROTECT, related_name="file", to="issuance.intent")),
                ],
            ),
            migrations.CreateModel(
                name="WaitingStamp",
                fields=[
                    (
                        "file",
                        models.OneToOneField(
                            on_delete=models.PROTECT,
                            primary_key=True,
                            related_name="waiting_stamp",
                            serialize=False,
                            to="issuance.signedfile",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="TimeStamp",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("token", models.BinaryField()),
                    ("stamped_at", models.DateTimeField()),
                    ("at", models.DateTimeField()),
                    ("file", models.OneToOneField(on_delete=models.PROTECT, related_name="stamp", to="issuance.signedfile")),
                ],
            ),
            migrations.CreateModel(
                name="Suspension",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("instrument", models.ForeignKey(on_delete=models.PROTECT, related_name="suspensions", to="issuance.instrument")),
                ],
            ),
            migrations.CreateModel(
                name="Reinstatement",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("suspension", models.OneToOneField(on_delete=models.PROTECT, related_name="reinstatement", to="issuance.suspension")),
                ],
            ),
            migrations.CreateModel(
                name="Revocation",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reason", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("actor", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("instrument", models.OneToOneField(on_delete=models.PROTECT, related_name="revocation", to="issuance.instrument")),
                ],
            ),
            migrations.CreateModel(
                name="Closure",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="issuance.instrument")),
                    ("instrument", models.OneToOneField(on_delete=models.PROTECT, related_name="closure", to="issuance.instrument")),
                ],
            ),
            migrations.CreateModel(
                name="Claim",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("instrument", models.OneToOneField(on_delete=models.PROTECT, related_name="claim", to="issuance.instrument")),
                    ("intent", models.OneToOneField(on_delete=models.PROTECT, related_name="claim", to="issuance.intent")),
                ],
            ),
            migrations.CreateModel(
                name="Stall",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=40)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="stalls", to="applications.application")),
                ],
                options={
                    "indexes": [models.Index(fields=["-at"], name="stalls_newest_first")],
                    "constraints": [models.UniqueConstraint(fields=("application", "code"), name="each_reason_once")],
                },
            ),
            migrations.CreateModel(
                name="Decoy",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("status_list", models.PositiveIntegerField()),
                    ("status_index", models.PositiveIntegerField()),
                    ("status", models.PositiveSmallIntegerField()),
                    ("until", models.DateTimeField(null=True)),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("authority", "status_list", "status_index"), name="decoy_once")],
                },
            ),
        ),
        # A transaction that is rolled back never gives a number again.
        migrations.RunSQL("CREATE SEQUENCE issuance_number", "DROP SEQUENCE issuance_number"),
        REGISTER_BY_INSTRUMENT,
        append_only(
            "issuance_intent",
            "issuance_instrument",
            "issuance_suspension",
            "issuance_reinstatement",
            "issuance_revocation",
            "issuance_closure",
            "issuance_legacyimport",
            "issuance_legacydocument",
            "issuance_sealing",
            "issuance_signedfile",
            "issuance_logleaf",
            "issuance_logplace",
            "issuance_logcheckpoint",
            "issuance_cosignature",
            "issuance_timestamp",
            "issuance_publishedtrustlist",
            "issuance_issuingstop",
            "issuance_issuingstart",
            "issuance_keycompromise",
            "issuance_decoy",
            "issuance_claim",
            "issuance_stall",
            "issuance_paperrefusal",
        ),
    ]

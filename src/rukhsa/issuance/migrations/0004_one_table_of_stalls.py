"""Why a paper could not be issued is a stall, as it is for the document of an application: one table for both."""

from django.db import migrations, models

# The rows are moved with the trigger off that keeps facts from being changed. The checks of keys are made at once,
# since PostgreSQL alters no table that still has some to make.
_MOVE = """
DROP TRIGGER issuance_stall_append_only ON issuance_stall;
UPDATE issuance_stall SET origin = 'application:' || application_id;
INSERT INTO issuance_stall (origin, application_id, code, at)
SELECT origin, application_id, code, at FROM issuance_paperrefusal ORDER BY id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
CREATE TRIGGER issuance_stall_append_only BEFORE UPDATE OR DELETE ON issuance_stall
FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
"""
_MOVE_BACK = """
DROP TRIGGER issuance_stall_append_only ON issuance_stall;
INSERT INTO issuance_paperrefusal (origin, application_id, code, at)
SELECT origin, application_id, code, at FROM issuance_stall WHERE origin NOT LIKE 'application:%' ORDER BY id;
DELETE FROM issuance_stall WHERE origin NOT LIKE 'application:%';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
CREATE TRIGGER issuance_stall_append_only BEFORE UPDATE OR DELETE ON issuance_stall
FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
CREATE TRIGGER issuance_paperrefusal_append_only BEFORE UPDATE OR DELETE ON issuance_paperrefusal
FOR EACH ROW EXECUTE FUNCTION rukhsa_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("issuance", "0003_signings")]

    operations = [
        migrations.AddField("Stall", "origin", models.CharField(default="", max_length=80), preserve_default=False),
        migrations.RemoveConstraint("Stall", "each_reason_once"),
        migrations.RunSQL(_MOVE, _MOVE_BACK),
        migrations.DeleteModel("PaperRefusal"),
        migrations.AddConstraint(
            "Stall", models.UniqueConstraint(fields=["origin", "code"], name="each_reason_once")
        ),
    ]

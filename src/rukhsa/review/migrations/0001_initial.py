"""Everything that officers, agencies, inspectors and committees say of an application, and what waits for them."""

import uuid

from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only
from rukhsa.tables import CreateTables

# Officers find an application by words of a name: Arabic letters that people mix up are folded into one.
_FOLDED = "to_tsvector('simple'::regconfig, translate({column}, 'أإآٱةى', 'ااااهي'))"


def _index_of_words(table: str) -> migrations.RunSQL:
    columns = ", ".join(_FOLDED.format(column=f"name_{language}") for language in ("ar", "en"))
    return migrations.RunSQL(f"CREATE INDEX {table}_words ON {table} USING gin ({columns});", f"DROP INDEX {table}_words;")


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("review", "0002_facts_are_written_once"),
        ("review", "0003_names_are_found_by_their_words"),
        ("review", "0004_pages_of_many_authorities"),
        ("review", "0005_what_agencies_and_inspectors_are_asked"),
        ("review", "0006_records_two_officers_and_sittings"),
        ("review", "0007_decisions_name_who_proposed"),
        ("review", "0008_what_is_no_step_any_more"),
        ("review", "0009_most_urgent_of_several"),
    ]

    dependencies = [
        ("applications", "0001_initial"),
        ("authorities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Sitting",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("committee", models.SlugField(max_length=60)),
                    ("held_on", models.DateField()),
                    ("at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("convened_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "ordering": ["-at"],
                    "indexes": [models.Index(fields=["authority", "committee", "-at"], name="sittings_newest_first")],
                },
            ),
            migrations.CreateModel(
                name="Attendance",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("member", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("sitting", models.ForeignKey(on_delete=models.PROTECT, related_name="attendances", to="review.sitting")),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [models.UniqueConstraint(fields=("sitting", "member"), name="present_once_a_sitting")],
                },
            ),
            migrations.CreateModel(
                name="Vote",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "choice",
                        models.CharField(
                            choices=[("grant", "Grant"), ("refuse", "Refuse"), ("abstain", "Abstain"), ("step-out", "Step Out")],
                            max_length=10,
                        ),
                    ),
                    ("reason", models.TextField(blank=True)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="votes", to="applications.application")),
                    ("member", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("sitting", models.ForeignKey(on_delete=models.PROTECT, related_name="votes", to="review.sitting")),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("sitting", "application", "member"), name="one_vote_a_member_a_sitting"),
                        models.CheckConstraint(
                            condition=~models.Q(choice="step-out") | ~models.Q(reason=""), name="who_steps_out_says_why"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Minutes",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("text", models.TextField(blank=True)),
                    ("digest", models.CharField(blank=True, max_length=64)),
                    ("media_type", models.CharField(blank=True, max_length=40)),
                    ("file_name", models.CharField(blank=True, max_length=200)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="minutes", to="applications.application")),
                    ("written_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("sitting", models.ForeignKey(on_delete=models.PROTECT, related_name="minutes", to="review.sitting")),
                ],
                options={
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("sitting", "application"), name="minutes_once_a_sitting"),
                        models.CheckConstraint(condition=~models.Q(digest="", text=""), name="minutes_say_something"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WaitingMatter",
                fields=[
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=models.PROTECT,
                            primary_key=True,
                            related_name="waiting_matter",
                            serialize=False,
                            to="applications.application",
                        ),
                    ),
                    ("committee", models.SlugField(max_length=60)),
                    ("due_at", models.DateTimeField(null=True)),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "indexes": [models.Index(fields=["authority", "committee", "due_at"], name="matters_most_urgent_first")],
                },
            ),
            migrations.CreateModel(
                name="Assignment",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="assignments", to="applications.application")),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="Check",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("step", models.CharField(max_length=60)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="checks", to="applications.application")),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("submission", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.step")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("application", "step", "submission"), name="step_checked_once_a_submission")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Finding",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("about", models.CharField(blank=True, max_length=60)),
                    ("text", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="findings", to="applications.application")),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("returned_by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.step")),
                ],
            ),
            migrations.CreateModel(
                name="Referral",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("step", models.CharField(max_length=60)),
                    ("question_ar", models.TextField(blank=True)),
                    ("question_en", models.TextField(blank=True)),
                    ("asked_at", models.DateTimeField()),
                    ("due_at", models.DateTimeField()),
                    ("agency", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.agency")),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="referrals", to="applications.application")),
                    ("asked_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("number", models.PositiveSmallIntegerField(default=1)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("application", "step", "number"), name="step_referred_once")],
                },
            ),
            migrations.CreateModel(
                name="Opinion",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("answer", models.CharField(choices=[("no-objection", "No Objection"), ("objection", "Objection")], max_length=20)),
                    ("text", models.TextField(blank=True)),
                    ("at", models.DateTimeField()),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("referral", models.OneToOneField(on_delete=models.PROTECT, related_name="opinion", to="review.referral")),
                ],
                options={
                    "indexes": [models.Index(fields=["-at"], name="opinions_newest_first")],
                },
            ),
            migrations.CreateModel(
                name="Inspection",
                fields=[
                    ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ("step", models.CharField(max_length=60)),
                    ("after_issue", models.BooleanField(default=False)),
                    ("checklist", models.JSONField(default=list)),
                    ("ordered_at", models.DateTimeField()),
                    ("due_at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="inspections", to="applications.application")),
                    ("number", models.PositiveSmallIntegerField(default=1)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("application", "step", "number"), name="step_inspected_once")],
                },
            ),
            migrations.CreateModel(
                name="Dropped",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("change", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.processchange")),
                    (
                        "inspection",
                        models.OneToOneField(null=True, on_delete=models.PROTECT, related_name="dropped", to="review.inspection"),
                    ),
                    ("referral", models.OneToOneField(null=True, on_delete=models.PROTECT, related_name="dropped", to="review.referral")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(referral=None) ^ models.Q(inspection=None), name="dropped_a_referral_or_a_visit"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="InspectionReport",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("passed", models.BooleanField()),
                    ("points", models.JSONField(default=dict)),
                    ("text", models.TextField(blank=True)),
                    ("photos", models.JSONField(default=list)),
                    ("at", models.DateTimeField()),
                    ("inspection", models.ForeignKey(on_delete=models.PROTECT, related_name="reports", to="review.inspection")),
                    ("inspector", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="Recording",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("step", models.CharField(max_length=60)),
                    ("question", models.CharField(max_length=60)),
                    ("value", models.JSONField()),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="recordings", to="applications.application")),
                    ("person", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="Beginning",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("submission", models.OneToOneField(on_delete=models.PROTECT, related_name="+", to="applications.step")),
                ],
            ),
            migrations.CreateModel(
                name="Decision",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("outcome", models.CharField(choices=[("granted", "Granted"), ("refused", "Refused")], max_length=10)),
                    ("reasons", models.TextField(blank=True)),
                    ("legal_basis", models.TextField(blank=True)),
                    ("rule", models.CharField(blank=True, max_length=60)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="decisions", to="applications.application")),
                    ("officer", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("round", models.PositiveSmallIntegerField(default=1)),
                    ("sitting", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="review.sitting")),
                    ("proposed_by", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(outcome="granted") | ~models.Q(reasons=""), name="a_refusal_has_reasons"),
                        models.UniqueConstraint(fields=("application", "round"), name="decided_once_a_round"),
                        models.CheckConstraint(
                            condition=(models.Q(officer__isnull=False, rule="", sitting=None))
                            | (models.Q(officer=None, sitting=None) & ~models.Q(rule=""))
                            | (models.Q(officer=None, rule="", sitting__isnull=False)),
                            name="decided_by_an_officer_a_rule_or_a_sitting",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(proposed_by=None) | ~models.Q(officer=models.F("proposed_by")),
                            name="decision_confirmed_by_another",
                        ),
                    ],
                    "ordering": ["round"],
                },
            ),
            migrations.CreateModel(
                name="Proposal",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("outcome", models.CharField(choices=[("granted", "Granted"), ("refused", "Refused")], max_length=10)),
                    ("reasons", models.TextField()),
                    ("legal_basis", models.TextField(blank=True)),
                    ("at", models.DateTimeField()),
                    ("application", models.ForeignKey(on_delete=models.PROTECT, related_name="proposals", to="applications.application")),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("submission", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="applications.step")),
                ],
            ),
            migrations.CreateModel(
                name="Disagreement",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("reasons", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("officer", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("proposal", models.OneToOneField(on_delete=models.PROTECT, related_name="disagreement", to="review.proposal")),
                ],
            ),
            migrations.CreateModel(
                name="QueueEntry",
                fields=[
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=models.PROTECT,
                            primary_key=True,
                            related_name="queue_entry",
                            serialize=False,
                            to="applications.application",
                        ),
                    ),
                    (
                        "turn",
                        models.CharField(
                            choices=[
                                ("authority", "Authority"),
                                ("agency", "Agency"),
                                ("inspector", "Inspector"),
                                ("applicant", "Applicant"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("step", models.CharField(blank=True, max_length=60)),
                    ("since", models.DateTimeField()),
                    ("due_at", models.DateTimeField(null=True)),
                    ("submitted_at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                    ("officer", models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["authority", "submitted_at", "application"], name="queue_all"),
                        models.Index(fields=["authority", "officer", "submitted_at", "application"], name="queue_mine"),
                        models.Index(fields=["authority", "due_at"], name="queue_late"),
                        models.Index(fields=["authority", "turn", "submitted_at", "application"], name="queue_turn"),
                        models.Index(fields=["submitted_at", "application"], name="queue_all_of_several"),
                        models.Index(fields=["officer", "submitted_at", "application"], name="queue_mine_of_several"),
                        models.Index(fields=["turn", "submitted_at", "application"], name="queue_turn_of_several"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WaitingReferral",
                fields=[
                    (
                        "referral",
                        models.OneToOneField(
                            on_delete=models.PROTECT, primary_key=True, related_name="waiting", serialize=False, to="review.referral"
                        ),
                    ),
                    ("due_at", models.DateTimeField()),
                    ("agency", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.agency")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["agency", "due_at", "referral"], name="referrals_most_urgent_first"),
                        models.Index(fields=["due_at", "referral"], name="referrals_of_several"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WaitingInspection",
                fields=[
                    (
                        "inspection",
                        models.OneToOneField(
                            on_delete=models.PROTECT, primary_key=True, related_name="waiting", serialize=False, to="review.inspection"
                        ),
                    ),
                    ("due_at", models.DateTimeField()),
                    ("authority", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="authorities.authority")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["authority", "due_at", "inspection"], name="visits_most_urgent_first"),
                        models.Index(fields=["due_at", "inspection"], name="visits_of_several"),
                    ],
                },
            ),
        ),
        _index_of_words("accounts_person"),
        _index_of_words("accounts_company"),
        append_only(
            "review_assignment",
            "review_check",
            "review_finding",
            "review_opinion",
            "review_inspectionreport",
            "review_decision",
            "review_recording",
            "review_beginning",
            "review_proposal",
            "review_disagreement",
            "review_sitting",
            "review_attendance",
            "review_vote",
            "review_minutes",
            "review_dropped",
        ),
    ]

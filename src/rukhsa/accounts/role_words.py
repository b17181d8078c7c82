"""The roles of posts in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Role

ROLES: dict[Role, Promise] = {
    Role.OFFICER: _("Officer"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.INSPECTOR: _("Inspector"),
    Role.AGENCY_OFFICER: _("Officer of an agency"),
    Role.AGENCY_COORDINATOR: _("Coordinator of an agency"),
    Role.AUDITOR: _("Auditor"),
    Role.FINANCE: _("Finance"),
    Role.COMMITTEE_MEMBER: _("Member of a committee"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.SECURITY_OFFICER: _("Security officer"),
    Role.DIRECTOR: _("Director"),
    Role.DATA_PROTECTION: _("Data protection officer"),
    Role.OPERATOR: _("Operator of the system"),
}

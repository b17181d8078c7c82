"""The models of rounds, for Django to find."""

from rukhsa.rounds.field_photo import FieldPhoto as FieldPhoto
from rukhsa.rounds.field_report import FieldReport as FieldReport
from rukhsa.rounds.field_report import Settlement as Settlement
from rukhsa.rounds.round import Round as Round
from rukhsa.rounds.round import Stop as Stop

"""The tables of the room, each in the module of its noun."""

from rukhsa.staff.change import StaffChange as StaffChange
from rukhsa.staff.interest_declaration import Declaration as Declaration
from rukhsa.staff.invitation import Invitation as Invitation
from rukhsa.staff.invitation import InvitationUse as InvitationUse
from rukhsa.staff.letter import Letter as Letter
from rukhsa.staff.letter_choice import LetterChoice as LetterChoice
from rukhsa.staff.limit import Limit as Limit
from rukhsa.staff.used_code import UsedCode as UsedCode

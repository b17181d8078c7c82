"""The models of places, for Django to find."""

from rukhsa.places.block import Block as Block
from rukhsa.places.block import BlockEntry as BlockEntry
from rukhsa.places.block import BlockList as BlockList
from rukhsa.places.occupation import Occupation as Occupation
from rukhsa.places.occupation import OccupiedCell as OccupiedCell
from rukhsa.places.parcel import ParcelEntry as ParcelEntry
from rukhsa.places.parcel import ParcelList as ParcelList
from rukhsa.places.register import RegisterChange as RegisterChange
from rukhsa.places.seat import Seat as Seat
from rukhsa.places.seat import Taking as Taking
from rukhsa.places.survey import Feature as Feature
from rukhsa.places.survey import Survey as Survey
from rukhsa.places.survey import SurveyVersion as SurveyVersion

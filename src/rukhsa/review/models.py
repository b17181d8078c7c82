"""The models of the review, for Django to find."""

from rukhsa.review.appointment import Appointment as Appointment
from rukhsa.review.appointment import CalledOff as CalledOff
from rukhsa.review.appointment import OfferedTime as OfferedTime
from rukhsa.review.assignment import Assignment as Assignment
from rukhsa.review.check import Check as Check
from rukhsa.review.decision import Decision as Decision
from rukhsa.review.examination import Beginning as Beginning
from rukhsa.review.finding import Finding as Finding
from rukhsa.review.inspection import Inspection as Inspection
from rukhsa.review.inspection import InspectionReport as InspectionReport
from rukhsa.review.newer_process import Dropped as Dropped
from rukhsa.review.note import Note as Note
from rukhsa.review.proposal import Proposal as Proposal
from rukhsa.review.queue import QueueEntry as QueueEntry
from rukhsa.review.queue import WaitingInspection as WaitingInspection
from rukhsa.review.queue import WaitingMatter as WaitingMatter
from rukhsa.review.queue import WaitingReferral as WaitingReferral
from rukhsa.review.recording import Recording as Recording
from rukhsa.review.referral import Opinion as Opinion
from rukhsa.review.referral import Referral as Referral
from rukhsa.review.silence import Silence as Silence
from rukhsa.review.sitting import Attendance as Attendance
from rukhsa.review.sitting import Minutes as Minutes
from rukhsa.review.sitting import Sitting as Sitting
from rukhsa.review.sitting import Vote as Vote

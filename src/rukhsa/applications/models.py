"""The models of applications, for Django to find."""

from rukhsa.applications.application import Application as Application
from rukhsa.applications.application import ApplicationQuerySet as ApplicationQuerySet
from rukhsa.applications.application import Step as Step
from rukhsa.applications.attachment import Attachment as Attachment
from rukhsa.applications.attachment import AttachmentQuerySet as AttachmentQuerySet
from rukhsa.applications.attachment import AttachmentVerdict as AttachmentVerdict
from rukhsa.applications.picture import PictureCopy as PictureCopy
from rukhsa.applications.process_change import ProcessChange as ProcessChange
from rukhsa.applications.quota import QuotaUse as QuotaUse
from rukhsa.applications.renewal import Renewing as Renewing
from rukhsa.applications.signatory import Signatory as Signatory
from rukhsa.applications.signatory import Signing as Signing
from rukhsa.applications.status_code import StatusCode as StatusCode
from rukhsa.applications.term import Term as Term
from rukhsa.applications.upload_in_pieces import Upload as Upload
from rukhsa.applications.upload_in_pieces import UploadPiece as UploadPiece

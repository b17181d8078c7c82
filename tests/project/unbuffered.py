"""The verifier as it was served before: a thread for each connection that has sent its headers. For the control."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "rukhsa.project.settings_public"
application = get_wsgi_application()

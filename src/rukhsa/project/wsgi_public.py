"""The verifier as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings_public")
application = get_wsgi_application()

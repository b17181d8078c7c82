"""The portal, the desk and the API as one WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from rukhsa import reader

# Never what the environment says: two applications of one environment have settings of their own.
os.environ["DJANGO_SETTINGS_MODULE"] = "rukhsa.project.settings_web"
application = get_wsgi_application()
reader.start()

"""The verifier as an ASGI application."""

import os

from django.core.wsgi import get_wsgi_application

from rukhsa import reader
from rukhsa.project.buffering import Buffered, allow_many_connections
from rukhsa.project.config import config
from rukhsa.project.observation import observe

# Set here whatever the environment says: two applications with one environment have different settings.
os.environ["DJANGO_SETTINGS_MODULE"] = "rukhsa.project.settings_public"
allow_many_connections()
observe(config().observation, "verifier", shared=True)
application = Buffered(get_wsgi_application())
reader.start()

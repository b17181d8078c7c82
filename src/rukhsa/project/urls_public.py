"""The addresses of the verifier: anyone may ask, and nothing is remembered of who did."""

from django.urls import path

from rukhsa.project.health import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]

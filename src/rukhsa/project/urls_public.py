"""The addresses of the verifier, which is open to anyone and remembers no one."""

from django.urls import include, path

from rukhsa.project.health import healthz_of_verifier

handler400 = "rukhsa.web.public.page.bad_request"
handler404 = "rukhsa.web.public.page.not_found"
urlpatterns = [
    path("healthz", healthz_of_verifier, name="healthz"),
    path("", include("rukhsa.web.public.urls")),
]

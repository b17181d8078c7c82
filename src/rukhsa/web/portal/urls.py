"""Addresses of the applicants' pages."""

from django.urls import path

from rukhsa.web.portal import (
    anew,
    by_link,
    coming_back,
    document,
    documents,
    first_page,
    instruments,
    mine,
    money,
    offer,
    overview,
    papers,
    pay,
    review,
    section,
    sharing,
    withdrawal,
)

app_name = "portal"
urlpatterns = [
    path("", first_page.show, name="first"),
    path("services/<slug:service>", offer.show, name="service"),
    path("services/<slug:service>/start", offer.start, name="start"),
    path("applications/", mine.show, name="mine"),
    path("applications/<uuid:pk>/", overview.show, name="application"),
    path("applications/<uuid:pk>/questions/<slug:section>", section.ask, name="section"),
    path("applications/<uuid:pk>/documents", documents.show, name="documents"),
    path("applications/<uuid:pk>/documents/<slug:document>", documents.add, name="add-file"),
    path("files/<uuid:pk>", documents.open_file, name="file"),
    path("files/<uuid:pk>/remove", documents.remove_file, name="remove-file"),
    path("applications/<uuid:pk>/review", review.show, name="review"),
    path("applications/<uuid:pk>/pay", pay.show, name="pay"),
    path("applications/<uuid:pk>/pay/checking", pay.checking, name="checking"),
    path("applications/<uuid:pk>/pay/link", sharing.show, name="share"),
    path("applications/<uuid:pk>/deposit-account", coming_back.account, name="deposit-account"),
    path("money/", money.show, name="money"),
    path("money/<slug:kind>/<slug:key>", papers.show, name="paper"),
    path("money/<slug:kind>/<slug:key>/file", papers.download, name="paper-file"),
    path("deposits/<int:movement>/<slug:digest>", coming_back.photo, name="deposit-photo"),
    path("pay/<uuid:link>", by_link.show, name="pay-by-link"),
    path("pay/<uuid:link>/checking", by_link.checking, name="paid-by-link"),
    path("applications/<uuid:pk>/document", document.show, name="document"),
    path("documents/", instruments.show, name="instruments"),
    path("applications/<uuid:pk>/renew", instruments.renew, name="renew"),
    path("applications/<uuid:pk>/document/file", document.download, name="download"),
    path("applications/<uuid:pk>/anew", anew.begin, name="begin-anew"),
    path("applications/<uuid:pk>/withdraw", withdrawal.ask, name="withdraw"),
]

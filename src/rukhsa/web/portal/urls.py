"""Addresses of the applicants' pages."""

from django.urls import path

from rukhsa.web.portal import (
    application,
    applications,
    attachments,
    correspondence,
    deposits,
    draft,
    first_page,
    instruments,
    papers,
    pay,
    payment_link,
    payments,
    section,
    service,
    submission,
)

app_name = "portal"
urlpatterns = [
    path("", first_page.show, name="first"),
    path("services/<slug:service>", service.show, name="service"),
    path("services/<slug:service>/start", service.start, name="start"),
    path("applications/", applications.show, name="mine"),
    path("applications/<uuid:pk>/", application.show, name="application"),
    path("applications/<uuid:pk>/questions/<slug:section>", section.ask, name="section"),
    path("applications/<uuid:pk>/documents", attachments.show, name="documents"),
    path("applications/<uuid:pk>/documents/<slug:document>", attachments.add, name="add-file"),
    path("files/<uuid:pk>", attachments.open_file, name="file"),
    path("files/<uuid:pk>/remove", attachments.remove_file, name="remove-file"),
    path("applications/<uuid:pk>/review", submission.show, name="review"),
    path("applications/<uuid:pk>/pay", pay.show, name="pay"),
    path("applications/<uuid:pk>/pay/checking", pay.checking, name="checking"),
    path("applications/<uuid:pk>/pay/link", payment_link.manage, name="share"),
    path("applications/<uuid:pk>/deposit-account", deposits.account, name="deposit-account"),
    path("money/", payments.show, name="money"),
    path("money/<slug:kind>/<slug:key>", papers.show, name="paper"),
    path("money/<slug:kind>/<slug:key>/file", papers.download, name="paper-file"),
    path("deposits/<int:movement>/<slug:digest>", deposits.photo, name="deposit-photo"),
    path("pay/<uuid:link>", payment_link.show, name="pay-by-link"),
    path("pay/<uuid:link>/checking", payment_link.checking, name="paid-by-link"),
    path("applications/<uuid:pk>/document", instruments.show, name="document"),
    path("documents/", instruments.show_all, name="instruments"),
    path("applications/<uuid:pk>/renew", instruments.renew, name="renew"),
    path("applications/<uuid:pk>/document/file", instruments.download, name="download"),
    path("applications/<uuid:pk>/anew", draft.begin_again, name="begin-anew"),
    path("applications/<uuid:pk>/messages", correspondence.show, name="messages"),
    path("messages/files/<uuid:pk>", correspondence.open_file, name="enclosure"),
    path("applications/<uuid:pk>/withdraw", application.withdraw, name="withdraw"),
]

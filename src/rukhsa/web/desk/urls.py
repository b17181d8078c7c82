"""Addresses of the pages of officers, agencies and inspectors."""

from django.urls import path

from rukhsa.web.desk import (
    acts,
    case,
    decision,
    files,
    gateways,
    home,
    inspections,
    instruments,
    journal,
    payouts,
    queue,
    referrals,
    stalled,
)

app_name = "desk"
urlpatterns = [
    path("", home.show, name="home"),
    path("keys", home.keys, name="keys"),
    path("queue/", queue.show, name="queue"),
    path("search", queue.find, name="search"),
    path("stalled/", stalled.show, name="stalled"),
    path("applications/<uuid:pk>/", case.show, name="application"),
    path("applications/<uuid:pk>/take", acts.take, name="take"),
    path("applications/<uuid:pk>/hand-over", acts.hand_over, name="hand-over"),
    path("applications/<uuid:pk>/check/<slug:step>", acts.check, name="check"),
    path("applications/<uuid:pk>/refer/<slug:step>", acts.refer, name="refer"),
    path("applications/<uuid:pk>/return", acts.return_, name="return"),
    path("applications/<uuid:pk>/decide", decision.decide, name="decide"),
    path("files/<uuid:pk>", files.attachment, name="file"),
    path("photos/<int:report>/<str:digest>", files.photo, name="photo"),
    path("referrals/", referrals.show_all, name="referrals"),
    path("referrals/<uuid:pk>/", referrals.show, name="referral"),
    path("inspections/", inspections.show_all, name="inspections"),
    path("inspections/<uuid:pk>/", inspections.show, name="inspection"),
    path("instruments/", instruments.show_all, name="instruments"),
    path("instruments/<uuid:pk>/", instruments.show, name="instrument"),
    path("instruments/<uuid:pk>/<slug:act>", instruments.change, name="change-instrument"),
    path("payouts/", payouts.show_all, name="payouts"),
    path("payouts/owed/<slug:kind>/<int:pk>", payouts.propose, name="owed"),
    path("payouts/<uuid:pk>/", payouts.show, name="payout"),
    path("payouts/<uuid:pk>/<slug:verb>", payouts.act, name="act-on-payout"),
    path("gateways/", gateways.show_all, name="gateways"),
    path("gateways/<slug:code>/ask", gateways.ask, name="ask-gateway"),
    path("journal/", journal.show_all, name="journal"),
    path("journal/<uuid:pk>", journal.show, name="journal-of-application"),
]

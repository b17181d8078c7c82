"""Addresses that other systems call."""

from django.urls import path

from rukhsa.web.api import agency_questions, gateways, relying, sent_answers

app_name = "api"
urlpatterns = [
    path("relying/standings", relying.standings, name="standings"),
    path("relying/changes", relying.changes, name="changes"),
    path("agency/questions", agency_questions.show_all, name="questions"),
    path("agency/questions/<uuid:pk>", agency_questions.show, name="question"),
    path("agency/questions/<uuid:pk>/answer", sent_answers.answer_one, name="answer-question"),
    path("agency/questions/<uuid:pk>/files", sent_answers.add_file, name="add-answer-file"),
    path("agency/questions/<uuid:pk>/more-time", sent_answers.take_more_time, name="take-more-time"),
    path("gateways/<slug:code>/notify", gateways.notified, name="notified"),
    path("gateways/<slug:code>/return/<uuid:application>", gateways.returned, name="returned"),
    path("gateways/<slug:code>/back/<uuid:link>", gateways.returned_by_link, name="returned-by-link"),
]

from django.urls import path

from metroloco_site.privacy.views import papers, requests, your_data

app_name = "privacy"
RUN = "prof/activites/<slug:run>/"
STUDENT = "s/<slug:participant>/"

urlpatterns = [
    path("vos-donnees/", your_data.data_read, name="data-read"),
    path("vos-donnees/<slug:paper>/", papers.paper_read, name="paper-read"),
    path("vos-donnees/<slug:paper>.pdf", papers.paper_print, name="paper-print"),
    path(STUDENT + "donnees.json", your_data.rows_download, name="rows-download"),
    path(STUDENT + "demandes/", your_data.request_make, name="request-make"),
    path(RUN + "demandes/", requests.requests_list, name="requests-list"),
    path(RUN + "demandes/<int:asked>/", requests.request_answer, name="request-answer"),
    path(
        RUN + "participants/<slug:participant>/effacer/", requests.participant_erase, name="participant-erase"
    ),
]

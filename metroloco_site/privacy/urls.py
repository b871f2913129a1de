from django.urls import path

from metroloco_site.privacy.views import data_requests, information_sheets, your_data

app_name = "privacy"
RUN = "prof/activites/<slug:run>/"
STUDENT = "s/<slug:participant>/"

urlpatterns = [
    path("vos-donnees/", your_data.data_read, name="data-read"),
    path("vos-donnees/<slug:paper>/", information_sheets.paper_read, name="paper-read"),
    path("vos-donnees/<slug:paper>.pdf", information_sheets.paper_print, name="paper-print"),
    path(STUDENT + "donnees.json", your_data.rows_download, name="rows-download"),
    path(STUDENT + "demandes/", your_data.request_make, name="request-make"),
    path(RUN + "demandes/", data_requests.requests_list, name="requests-list"),
    path(RUN + "demandes/<int:asked>/", data_requests.request_answer, name="request-answer"),
    path(
        RUN + "participants/<slug:participant>/effacer/",
        data_requests.participant_erase,
        name="participant-erase",
    ),
]

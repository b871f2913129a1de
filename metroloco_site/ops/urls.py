from django.urls import path

from metroloco_site.ops.views import editing, own, packs, papers, public, requests

app_name = "ops"
LESSONS = "prof/lecons/"
RUN = "prof/activites/<slug:run>/"
STUDENT = "s/<slug:participant>/"
FILE = LESSONS + "<slug:lesson>/<slug:kind>/<slug:name>/"

urlpatterns = [
    path("essai/", public.connection_read, name="connection-read"),
    path("vos-donnees/", public.data_read, name="data-read"),
    path("vos-donnees/<slug:paper>/", papers.paper_read, name="paper-read"),
    path("vos-donnees/<slug:paper>.pdf", papers.paper_print, name="paper-print"),
    path(STUDENT + "donnees.json", own.rows_download, name="rows-download"),
    path(STUDENT + "demandes/", own.request_make, name="request-make"),
    path(RUN + "demandes/", requests.requests_list, name="requests-list"),
    path(RUN + "demandes/<int:asked>/", requests.request_answer, name="request-answer"),
    path(
        RUN + "participants/<slug:participant>/effacer/", requests.participant_erase, name="participant-erase"
    ),
    path("transparence/", public.transparency_read, name="transparency-read"),
    path("accessibilite/", public.accessibility_read, name="accessibility-read"),
    path(LESSONS, packs.lessons_list, name="lessons-list"),
    path(LESSONS + "charger/", packs.pack_load, name="pack-load"),
    path(LESSONS + "<slug:lesson>/", editing.lesson_read, name="lesson-read"),
    path(LESSONS + "<slug:lesson>/copier/", editing.lesson_copy, name="lesson-copy"),
    path(FILE + "modifier/", editing.file_edit, name="file-edit"),
    path(FILE + "apercu/", editing.file_preview_read, name="file-preview"),
    path(LESSONS + "<slug:lesson>/<int:version>.zip", packs.pack_download, name="pack-download"),
]

from django.urls import path

from metroloco_site.ops.views import (
    changing,
    demo,
    editing,
    packs,
    papers,
    public,
    rehearsal,
    requests,
    your_data,
)

app_name = "ops"
LESSONS = "prof/lecons/"
RUN = "prof/activites/<slug:run>/"
STUDENT = "s/<slug:participant>/"
FILE = LESSONS + "<slug:lesson>/<slug:kind>/<slug:name>/"
VERSION = LESSONS + "<slug:lesson>/versions/<int:version>/"

urlpatterns = [
    path("favicon.ico", public.icon_read, name="icon-read"),
    path("essai/", public.connection_read, name="connection-read"),
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
    path("prof/repetitions/nouvelle/", rehearsal.rehearsal_create, name="rehearsal-create"),
    path(RUN + "repetition/terminer/", rehearsal.rehearsal_end, name="rehearsal-end"),
    path("compte/demonstration/<slug:token>/", demo.demo_open, name="demo-open"),
    path("transparence/", public.transparency_read, name="transparency-read"),
    path("accessibilite/", public.accessibility_read, name="accessibility-read"),
    path(LESSONS, packs.lessons_list, name="lessons-list"),
    path(LESSONS + "charger/", packs.pack_load, name="pack-load"),
    path(LESSONS + "<slug:lesson>/", editing.lesson_read, name="lesson-read"),
    path(LESSONS + "<slug:lesson>/copier/", editing.lesson_copy, name="lesson-copy"),
    path(VERSION, changing.version_read, name="version-read"),
    path(VERSION + "reprendre/", changing.version_restore, name="version-restore"),
    path(VERSION + "supprimer/", changing.version_delete, name="version-delete"),
    path(LESSONS + "<slug:lesson>/<slug:kind>/ajouter/", editing.file_add, name="file-add"),
    path(FILE + "modifier/", editing.file_edit, name="file-edit"),
    path(FILE + "apercu/", editing.file_preview_read, name="file-preview"),
    path(FILE + "deplacer/", changing.file_move, name="file-move"),
    path(FILE + "supprimer/", changing.file_delete, name="file-delete"),
    path(LESSONS + "<slug:lesson>/<int:version>.zip", packs.pack_download, name="pack-download"),
]

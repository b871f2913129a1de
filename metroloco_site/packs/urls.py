from django.urls import path

from metroloco_site.packs.views import changing, editing, packs

app_name = "packs"
LESSONS = "prof/lecons/"
FILE = LESSONS + "<slug:lesson>/<slug:kind>/<slug:name>/"
VERSION = LESSONS + "<slug:lesson>/versions/<int:version>/"

urlpatterns = [
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

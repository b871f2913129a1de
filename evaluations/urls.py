"""Names are `app:noun-verb`, paths are French without accents."""

from django.urls import path

from evaluations.views import (
    downloads,
    grading,
    looks,
    marks,
    own_sheet,
    photos,
    poster_grading,
    publication,
    sacoche,
)

app_name = "evaluations"
RUN = "prof/activites/<slug:run>/"
SHEETS = RUN + "fiches/"
DOCUMENTS = RUN + "documents/"

urlpatterns = [
    path(SHEETS, publication.sheets_list, name="sheets-list"),
    path(SHEETS + "a-evaluer/", publication.missing_list, name="missing-list"),
    path(SHEETS + "enregistrer/", marks.marks_save, name="marks-save"),
    path(SHEETS + "noms/", looks.names_set, name="names-set"),
    path(SHEETS + "affiches/", poster_grading.posters_grade, name="posters-grade"),
    path(SHEETS + "affiches/activer/", poster_grading.posters_set, name="posters-set"),
    path(SHEETS + "affiches/<int:group>/", poster_grading.poster_grade, name="poster-grade"),
    path(SHEETS + "<slug:participant>/", grading.sheet_grade, name="sheet-grade"),
    path(SHEETS + "<slug:participant>.pdf", own_sheet.sheet_print, name="sheet-print"),
    path(SHEETS + "<slug:participant>/photographies/", photos.photo_add, name="photo-add"),
    path(SHEETS + "<slug:participant>/photographies/<slug:photo>.jpg", photos.photo_read, name="photo-read"),
    path(
        SHEETS + "<slug:participant>/photographies/<slug:photo>/retirer/",
        photos.photo_remove,
        name="photo-remove",
    ),
    path(RUN + "resultats.csv", publication.results_csv, name="results-csv"),
    path(RUN + "resultats.ods", publication.results_ods, name="results-ods"),
    path(DOCUMENTS, downloads.downloads_list, name="downloads-list"),
    path(DOCUMENTS + "noms/", downloads.names_print, name="names-print"),
    path(DOCUMENTS + "sacoche/", sacoche.scores_match, name="scores-match"),
    path(DOCUMENTS + "sacoche/remplir/", sacoche.scores_fill, name="scores-fill"),
    path(DOCUMENTS + "<slug:kind>/", downloads.download_act, name="download-act"),
    path(DOCUMENTS + "<slug:kind>/fichier/", downloads.download_fetch, name="download-fetch"),
    path(RUN + "bilan/", publication.glance_read, name="glance-read"),
    path(RUN + "bilan.pdf", publication.glance_print, name="glance-print"),
    path(RUN + "publier/", publication.results_publish, name="results-publish"),
    path(RUN + "masquer/", publication.results_hide, name="results-hide"),
    path(RUN + "autoevaluation/", publication.assessment_open, name="assessment-open"),
    path("s/<slug:participant>/autoevaluation/", own_sheet.self_assess, name="self-assess"),
    path("s/<slug:participant>/fiche/", own_sheet.own_read, name="own-read"),
    path("s/<slug:participant>/fiche.pdf", own_sheet.own_print, name="own-print"),
]

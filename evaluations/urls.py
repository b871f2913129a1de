"""Names are `app:noun-verb`, paths are French without accents."""

from django.urls import path

from evaluations.views import documents, grading, looks, marks, own, photos, posters, publication, sacoche

app_name = "evaluations"
RUN = "prof/activites/<slug:run>/"
SHEETS = RUN + "fiches/"
DOCUMENTS = RUN + "documents/"

urlpatterns = [
    path(SHEETS, publication.sheets_list, name="sheets-list"),
    path(SHEETS + "a-evaluer/", publication.missing_list, name="missing-list"),
    path(SHEETS + "enregistrer/", marks.marks_save, name="marks-save"),
    path(SHEETS + "noms/", looks.names_set, name="names-set"),
    path(SHEETS + "affiches/", posters.posters_grade, name="posters-grade"),
    path(SHEETS + "affiches/activer/", posters.posters_set, name="posters-set"),
    path(SHEETS + "affiches/<int:group>/", posters.poster_grade, name="poster-grade"),
    path(SHEETS + "<slug:participant>/", grading.sheet_grade, name="sheet-grade"),
    path(SHEETS + "<slug:participant>.pdf", own.sheet_print, name="sheet-print"),
    path(SHEETS + "<slug:participant>/photographies/", photos.photo_add, name="photo-add"),
    path(SHEETS + "<slug:participant>/photographies/<slug:photo>.jpg", photos.photo_read, name="photo-read"),
    path(
        SHEETS + "<slug:participant>/photographies/<slug:photo>/retirer/",
        photos.photo_remove,
        name="photo-remove",
    ),
    path(RUN + "resultats.csv", publication.results_csv, name="results-csv"),
    path(RUN + "resultats.ods", publication.results_ods, name="results-ods"),
    path(DOCUMENTS, documents.documents_list, name="documents-list"),
    path(DOCUMENTS + "noms/", documents.names_print, name="names-print"),
    path(DOCUMENTS + "sacoche/", sacoche.scores_match, name="scores-match"),
    path(DOCUMENTS + "sacoche/remplir/", sacoche.scores_fill, name="scores-fill"),
    path(DOCUMENTS + "<slug:kind>/", documents.document_act, name="document-act"),
    path(DOCUMENTS + "<slug:kind>/fichier/", documents.document_download, name="document-download"),
    path(RUN + "bilan/", publication.glance_read, name="glance-read"),
    path(RUN + "bilan.pdf", publication.glance_print, name="glance-print"),
    path(RUN + "publier/", publication.results_publish, name="results-publish"),
    path(RUN + "masquer/", publication.results_hide, name="results-hide"),
    path(RUN + "autoevaluation/", publication.assessment_open, name="assessment-open"),
    path("s/<slug:participant>/autoevaluation/", own.self_assess, name="self-assess"),
    path("s/<slug:participant>/fiche/", own.own_read, name="own-read"),
    path("s/<slug:participant>/fiche.pdf", own.own_print, name="own-print"),
]

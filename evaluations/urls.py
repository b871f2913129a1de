"""Names are `app:noun-verb`, paths are French without accents."""

from django.urls import path

from evaluations import views

app_name = "evaluations"
RUN = "prof/activites/<slug:run>/"
SHEETS = RUN + "fiches/"

urlpatterns = [
    path(SHEETS, views.sheets_list, name="sheets-list"),
    path(SHEETS + "<slug:participant>/", views.sheet_grade, name="sheet-grade"),
    path(SHEETS + "<slug:participant>/niveau/", views.level_set, name="level-set"),
    path(SHEETS + "<slug:participant>.pdf", views.sheet_print, name="sheet-print"),
    path(RUN + "publier/", views.results_publish, name="results-publish"),
    path(RUN + "masquer/", views.results_hide, name="results-hide"),
    path("s/<slug:participant>/fiche/", views.own_read, name="own-read"),
    path("s/<slug:participant>/fiche.pdf", views.own_print, name="own-print"),
]

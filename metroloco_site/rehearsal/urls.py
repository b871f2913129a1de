from django.urls import path

from metroloco_site.rehearsal import views

app_name = "rehearsal"
RUN = "prof/activites/<slug:run>/"

urlpatterns = [
    path("prof/repetitions/nouvelle/", views.rehearsal_create, name="rehearsal-create"),
    path(RUN + "repetition/terminer/", views.rehearsal_end, name="rehearsal-end"),
]

from django.urls import path

from metroloco_site.ops import views

app_name = "ops"
urlpatterns = [
    path("essai/", views.connection_read, name="connection-read"),
    path("vos-donnees/", views.data_read, name="data-read"),
    path("transparence/", views.transparency_read, name="transparency-read"),
    path("accessibilite/", views.accessibility_read, name="accessibility-read"),
]

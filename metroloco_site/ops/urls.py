from django.urls import path

from metroloco_site.ops.views import demo, installation

app_name = "ops"

urlpatterns = [
    path("favicon.ico", installation.icon_read, name="icon-read"),
    path("essai/", installation.connection_read, name="connection-read"),
    path("compte/demonstration/<slug:token>/", demo.demo_open, name="demo-open"),
    path("transparence/", installation.transparency_read, name="transparency-read"),
    path("accessibilite/", installation.accessibility_read, name="accessibility-read"),
]

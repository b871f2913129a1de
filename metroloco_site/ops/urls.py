from django.urls import path

from metroloco_site.ops.views import demo, public

app_name = "ops"

urlpatterns = [
    path("favicon.ico", public.icon_read, name="icon-read"),
    path("essai/", public.connection_read, name="connection-read"),
    path("compte/demonstration/<slug:token>/", demo.demo_open, name="demo-open"),
    path("transparence/", public.transparency_read, name="transparency-read"),
    path("accessibilite/", public.accessibility_read, name="accessibility-read"),
]

from django.urls import path

from metroloco_site.accounts import views

app_name = "accounts"
urlpatterns = [
    path("connexion/", views.session_open, name="session-open"),
    path("deconnexion/", views.session_close, name="session-close"),
    path("compte/premier/<slug:token>/", views.account_first, name="account-first"),
    path("prof/mot-de-passe/", views.password_change, name="password-change"),
]

from django.urls import path

from compliance.packs import views

app_name = "packs"
urlpatterns = [
    path("organisations/<slug:organisation>/packs/", views.organisation_packs, name="organisation_packs"),
    path("projects/<slug:project>/packs/", views.packs, name="packs"),
    path("projects/<slug:project>/packs/new/", views.pack_add, name="pack_add"),
    path("projects/<slug:project>/packs/<str:reference>/", views.pack, name="pack"),
    path("projects/<slug:project>/packs/<str:reference>/check/", views.pack_check, name="check"),
    path("projects/<slug:project>/packs/<str:reference>/download/<str:kind>/", views.pack_download, name="download"),
]

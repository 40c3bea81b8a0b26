from django.urls import path

from compliance.packs import views

app_name = "packs"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/<str:pack>/", views.verify, name="verify_pack"),
    path("organisations/<slug:organisation>/packs/", views.organisation_packs, name="organisation_packs"),
    path("projects/<slug:project>/packs/", views.packs, name="packs"),
    *views.pack_add.at("new/", "pack_add"),
    *views.pack.at("<str:reference>/", "pack"),
    *views.pack_check.at("<str:reference>/check/", "check"),
    *views.pack_preflight.at("<str:reference>/preflight/", "preflight"),
    *views.pack_override.at("<str:reference>/override/", "override"),
    *views.pack_download.at("<str:reference>/download/<str:kind>/", "download"),
    *(pattern for key in views.MOVES for pattern in views.page_of(key).at(f"<str:reference>/{key}/", key)),
]

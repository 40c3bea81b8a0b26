"""Addresses of the risks room. A risk's pages stand under its project, or under the organisation it belongs to."""

from django.urls import URLPattern, path

from risks.case_urls import urlpatterns as case_urls
from risks.requirement_urls import urlpatterns as requirement_urls
from risks.threat_urls import urlpatterns as threat_urls
from risks.views import (
    acceptance,
    asset,
    figures,
    method,
    people,
    positions,
    queue,
    reassessment,
    register,
    risk,
    treatment,
)
from risks.views.scopes import ScopedView
from risks.vulnerability_urls import urlpatterns as vulnerability_urls

app_name = "risks"

IN_PROJECT = "projects/<slug:project>/risks"
IN_ORGANISATION = "organisations/<slug:organisation>/risks"
ONE = "<str:reference>"


def of_scope(route: str, view: ScopedView, name: str) -> list[URLPattern]:
    """A page of the room."""
    return [
        path(f"{IN_ORGANISATION}/{route}", view.in_organisation, name=name),
        path(f"{IN_PROJECT}/{route}", view.in_project, name=f"project_{name}"),
    ]


def of_risk(route: str, view: ScopedView, name: str) -> list[URLPattern]:
    """A page of one risk."""
    return [
        path(f"{IN_PROJECT}/{ONE}/{route}", view.in_project, name=name),
        path(f"{IN_ORGANISATION}/{ONE}/{route}", view.in_organisation, name=f"organisation_{name}"),
    ]


urlpatterns = [
    *of_scope("", register.register, "register"),
    *of_scope("add/", register.register_add, "register_add"),
    *of_scope("heat-map/", register.heat_map, "heat_map"),
    *of_scope("again/", reassessment.reassessments, "reassessments"),
    *of_scope("again/<uuid:asked>/", reassessment.reassessment, "reassessment"),
    *of_scope("queue/", queue.queue, "queue"),
    *of_scope("figures/", figures.key_figures, "key_figures"),
    *of_scope("failing/", figures.failing, "failing"),
    *of_scope("failing/<str:implementation>/", figures.failing_control, "failing_control"),
    *of_scope("assets/", asset.assets, "assets"),
    *of_scope("assets/add/", asset.asset_add, "asset_add"),
    *of_scope("assets/<str:reference>/", asset.asset, "asset"),
    *of_scope("assets/<str:reference>/edit/", asset.asset_edit, "asset_edit"),
    *of_scope("assets/<str:reference>/retire/", asset.asset_retire, "asset_retire"),
    *of_scope("method/", method.method, "method"),
    path(f"{IN_ORGANISATION}/method/draft/", method.method_draft, name="method_draft"),
    path(f"{IN_ORGANISATION}/method/<str:label>/", method.method_version, name="method_version"),
    path(f"{IN_ORGANISATION}/method/<str:label>/edit/", method.method_edit, name="method_edit"),
    path(f"{IN_ORGANISATION}/method/<str:label>/approve/", method.method_approve, name="method_approve"),
    *of_risk("", risk.detail, "risk"),
    *of_risk("edit/", risk.edit, "risk_edit"),
    *of_risk("people/", people.people, "risk_people"),
    *of_risk("people/opinion/", people.opinion, "risk_opinion"),
    *of_risk("people/deviation/", people.deviation, "risk_deviation"),
    *of_risk("steps/<str:verb>/", risk.step, "risk_step"),
    *of_risk("positions/<str:kind>/", positions.assess, "risk_assess"),
    *of_risk("treatment/", treatment.treat, "risk_treat"),
    *of_risk("treatment/<str:option>/withdraw/", treatment.withdraw, "risk_withdraw"),
    *of_risk("treatment/<str:option>/actions/add/", treatment.action_add, "risk_action_add"),
    *of_risk("actions/<str:action>/", treatment.action_replan, "risk_action"),
    *of_risk("actions/<str:action>/<str:to>/", treatment.action_move, "risk_action_move"),
    *of_risk("controls/add/", treatment.control_link, "risk_control_add"),
    *of_risk("controls/<str:implementation>/unlink/", treatment.control_unlink, "risk_control_unlink"),
    *of_risk("touches/add/", treatment.touch, "risk_touch"),
    *of_risk("touches/<str:thing>/remove/", treatment.untouch, "risk_untouch"),
    *of_risk("acceptance/", acceptance.acceptance_request, "risk_acceptance"),
    *of_risk("acceptance/<str:acceptance>/", acceptance.acceptance_decide, "risk_decide"),
    *of_risk("acceptance/<str:acceptance>/revoke/", acceptance.acceptance_revoke, "risk_revoke"),
    *case_urls,
    *requirement_urls,
    *threat_urls,
    *vulnerability_urls,
]

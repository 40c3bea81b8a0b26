"""Addresses of security requirements, and of those of one release."""

from django.urls import path

from risks.views import requirement, requirement_matrix

ALL = "projects/<slug:project>/security-requirements"
ONE = f"{ALL}/<str:reference>"
OF_RELEASE = "projects/<slug:project>/releases/<str:reference>/requirements"

urlpatterns = [
    path(f"{ALL}/", requirement.requirements, name="requirements"),
    path(f"{ALL}/add/", requirement.requirement_add, name="requirement_add"),
    path(f"{ONE}/", requirement.requirement, name="requirement"),
    path(f"{ONE}/edit/", requirement.requirement_edit, name="requirement_edit"),
    path(f"{ONE}/rework/", requirement.requirement_rework, name="requirement_rework"),
    path(f"{ONE}/drop/", requirement.requirement_drop, name="requirement_drop"),
    path(f"{ONE}/waive/", requirement.requirement_waive, name="requirement_waive"),
    path(f"{ONE}/unwaive/", requirement.requirement_unwaive, name="requirement_unwaive"),
    path(f"{OF_RELEASE}/", requirement_matrix.release_requirements, name="release_requirements"),
    path(f"{OF_RELEASE}/proposals/", requirement_matrix.requirement_proposals, name="requirement_proposals"),
    path(f"{OF_RELEASE}/results/", requirement_matrix.requirement_results, name="requirement_results"),
    path(f"{OF_RELEASE}/put-forward/", requirement_matrix.requirements_put_forward, name="requirements_put_forward"),
    path(f"{OF_RELEASE}/decide/", requirement_matrix.requirements_decide, name="requirements_decide"),
]

"""Addresses of the inventory, the retention schedule and the assessments of interests."""

from django.urls import path

from dataflows.views import interest, item, retention, system

PROCESSING = "organisations/<slug:organisation>/processing"
REFERENCE = "<str:reference>"

record_urls = [
    path(f"{PROCESSING}/data/", item.items, name="items"),
    path(f"{PROCESSING}/data/add/", item.item_add, name="item_add"),
    path(f"{PROCESSING}/data/{REFERENCE}/", item.item, name="item"),
    path(f"{PROCESSING}/data/{REFERENCE}/edit/", item.item_edit, name="item_edit"),
    path(f"{PROCESSING}/systems/", system.systems, name="systems"),
    path(f"{PROCESSING}/systems/add/", system.system_add, name="system_add"),
    path(f"{PROCESSING}/systems/{REFERENCE}/", system.system, name="system"),
    path(f"{PROCESSING}/systems/{REFERENCE}/edit/", system.system_edit, name="system_edit"),
    path(f"{PROCESSING}/systems/{REFERENCE}/end/", system.system_end, name="system_end"),
    path(f"{PROCESSING}/retention/", retention.retention_rules, name="retention_rules"),
    path(f"{PROCESSING}/retention/add/", retention.retention_add, name="retention_add"),
    path(f"{PROCESSING}/retention/runs/{REFERENCE}/", retention.retention_verify, name="retention_verify"),
    path(f"{PROCESSING}/retention/{REFERENCE}/", retention.retention_rule, name="retention_rule"),
    path(f"{PROCESSING}/retention/{REFERENCE}/edit/", retention.retention_edit, name="retention_edit"),
    path(f"{PROCESSING}/retention/{REFERENCE}/end/", retention.retention_end, name="retention_end"),
    path(f"{PROCESSING}/retention/{REFERENCE}/run/", retention.retention_run, name="retention_run"),
    path(f"{PROCESSING}/interests/", interest.interests, name="interests"),
    path(f"{PROCESSING}/interests/add/", interest.interest_add, name="interest_add"),
    path(f"{PROCESSING}/interests/{REFERENCE}/", interest.interest, name="interest"),
    path(f"{PROCESSING}/interests/{REFERENCE}/edit/", interest.interest_edit, name="interest_edit"),
    path(f"{PROCESSING}/interests/{REFERENCE}/step/", interest.interest_step, name="interest_step"),
    path(f"{PROCESSING}/interests/{REFERENCE}/decision/", interest.interest_decide, name="interest_decide"),
]

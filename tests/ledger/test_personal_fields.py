"""Which fields hold a person's data is declared on the model; what only sounds like it is listed here."""

import re

from django.db import models

from compliance.ledger.guard.tables import tracked_models

PERSONAL = re.compile(
    r"name|mail|phone|address|contact|person|author|collector|reviewer|signator|representative|officer|birth|title$|_by$"
)
TEXT = (models.CharField, models.TextField, models.JSONField)
# What sounds like a person's datum and is none; a field of free text may name somebody all the same.
NOT_PERSONAL = {
    "name of a thing": {
        "controls.Framework.name",
        "dataflows.DataItem.name",
        "dataflows.Node.name",
        "dataflows.ProcessingActivity.name",
        "dataflows.RetentionRule.name",
        "dataflows.System.name",
        "projects.Project.name",
        "projects.Release.name",
        "dataflows.Contract.name",
        "risks.Asset.name",
        "risks.Component.name",
        "risks.ThreatElement.name",
    },
    "name of a company or body": {
        "dataflows.Party.name",
        "risks.Breach.authority_name",
        "projects.Organisation.name",
        "projects.Organisation.legal_name",
    },
    "seat of a company": {"projects.Organisation.address"},
    "title of a record": {
        "controls.Audit.title",
        "controls.AuditProgramme.title",
        "controls.CorrectiveAction.title",
        "controls.Finding.title",
        "controls.ManagementReview.title",
        "controls.Control.title",
        "controls.Crosswalk.title",
        "controls.Edition.title",
        "controls.Document.title",
        "controls.Evidence.title",
        "controls.EvidenceRequest.title",
        "controls.Requirement.title",
        "controls.RequirementGroup.title",
        "dataflows.Consent.title",
        "dataflows.DataFlow.title",
        "dataflows.Notice.title",
        "dataflows.TransferAssessment.title",
        "dataflows.InterestAssessment.title",
        "registers.RegisterRow.title",
        "risks.Breach.title",
        "risks.ImpactAssessment.title",
        "risks.Incident.title",
        "risks.RegulatoryClock.title",
        "risks.Risk.title",
        "risks.RiskMethod.title",
        "risks.Threat.title",
        "risks.ThreatModel.title",
        "risks.TreatmentAction.title",
        "risks.Vulnerability.title",
        "tasks.Task.title",
    },
    "what an authority said, or why it was not told": {
        "risks.Breach.authority_reason",
        "risks.ImpactAssessment.authority_answer",
    },
    "file name": {
        "artefacts.Artefact.file_name",
        "controls.DocumentVersion.file_name",
        "controls.EvidenceVersion.file_name",
        "dataflows.SubjectRequest.reply_name",
        "dataflows.TextVersion.file_name",
        "dataflows.TextVersion.proof_name",
        "exchange.Import.file_name",
        "files.Disclosure.name",
    },
    "ids of people, which name nobody without the account": {
        "dataflows.DataFlow.authors",
        "dataflows.Party.authors",
        "dataflows.TransferAssessment.authors",
        "dataflows.InterestAssessment.authors",
        "dataflows.ProcessingActivity.authors",
    },
    "a role": {"risks.RiskAcceptance.authority"},
}


def sounding_personal() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in tracked_models()
        for field in model._meta.concrete_fields
        if isinstance(field, TEXT) and not field.choices and PERSONAL.search(field.name)
    }


def declared() -> set[str]:
    return {f"{model._meta.label}.{name}" for model in tracked_models() for name in model.personal_fields}


def test_every_field_that_sounds_personal_is_declared_or_listed_with_a_reason() -> None:
    listed = set().union(*NOT_PERSONAL.values())

    assert sounding_personal() - declared() - listed == set()


def test_what_is_listed_is_there_and_not_declared_too() -> None:
    listed = set().union(*NOT_PERSONAL.values())

    assert (listed & declared(), listed - all_fields()) == (set(), set())


def all_fields() -> set[str]:
    return {f"{model._meta.label}.{field.name}" for model in tracked_models() for field in model._meta.concrete_fields}


def test_what_is_declared_is_a_text_field_of_the_model() -> None:
    assert declared() - all_fields() == set()


def test_people_are_declared() -> None:
    assert {name for name in declared() if name.startswith("accounts.User.")} == {
        "accounts.User.email",
        "accounts.User.name",
        "accounts.User.job_title",
    }

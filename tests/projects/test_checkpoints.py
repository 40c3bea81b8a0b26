"""Those the organisation names get the ledger's checkpoints by mail, and can hold them against it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from compliance.ledger import keys
from compliance.ledger.sealing import seal
from compliance.ledger.witnesses import compare, read_text
from compliance.projects import services, tasks
from compliance.projects.models import CheckpointMailing

ADDRESSES = "audit@auditor.example\ndpo@lumaro.example"


@pytest.fixture
def named(lumaro, mara):
    keys.make_signing_key()
    services.update_organisation(organisation=lumaro, by=mara, checkpoint_addresses=ADDRESSES)
    seal()
    return lumaro


def test_the_weekly_mail_carries_the_checkpoint_and_says_how_to_compare_it(named, tmp_path):
    tasks.mail_checkpoints()

    [sent] = mail.outbox
    mailing = CheckpointMailing.objects.get()
    assert (sent.to, sent.subject) == (ADDRESSES.split(), f"Ledger checkpoint {mailing.size} of Lumaro")
    assert (mailing.occasion, mailing.recipients) == ("weekly", 2)
    assert list(compare(read_text("mail.txt", sent.body))) == []
    (tmp_path / "mail.txt").write_text(sent.message().as_string())
    call_command("verify_ledger", checkpoint=[tmp_path / "mail.txt"], verbosity=0)


def test_it_is_sent_once_a_week(named):
    now = timezone.now()
    for days, count in ((0, 1), (0, 1), (6, 1), (8, 2)):
        services.mail_checkpoints(at=now + timedelta(days=days))
        assert (days, len(mail.outbox)) == (days, count)


def test_an_issued_pack_sends_one_at_once_and_says_why(named):
    services.mail_checkpoints()
    services.ask_for_checkpoint(organisation=named, about="PK-0001 was issued", by="tests")
    services.mail_checkpoints()

    assert len(mail.outbox) == 2
    assert "It is sent because PK-0001 was issued." in mail.outbox[1].body
    assert CheckpointMailing.objects.filter(occasion="issue", sent_at__isnull=False).count() == 1
    assert f"\n{mail.outbox[1].subject.split()[2]}\n" in mail.outbox[1].body


def test_nobody_named_means_no_mail(lumaro):
    assert services.ask_for_checkpoint(organisation=lumaro, about="PK-0001 was issued", by="tests") is None
    assert services.mail_checkpoints() == 0
    assert (mail.outbox, CheckpointMailing.objects.count()) == ([], 0)


def test_a_mail_server_that_is_down_is_asked_again(named, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2
    assert (services.mail_checkpoints(), CheckpointMailing.objects.count()) == (0, 0)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (services.mail_checkpoints(), len(mail.outbox)) == (1, 1)


def test_the_settings_name_the_address_that_is_none(lumaro, mara, sign_in):
    page = reverse("projects:organisation_edit", args=[lumaro.slug])
    browser = sign_in(mara)
    form = {"name": "Lumaro", "country": "DE", "version": lumaro.version, "dpia_threshold": 2}

    answer = browser.post(page, {**form, "checkpoint_addresses": "audit@auditor.example\nnobody"})
    assert answer.context["form"].errors["checkpoint_addresses"] == ["“nobody” is no mail address."]
    answer = browser.post(page, {**form, "checkpoint_addresses": "audit@auditor.example, dpo@lumaro.example"})
    assert answer.status_code == 302
    lumaro.refresh_from_db()
    assert lumaro.checkpoint_addresses == ADDRESSES
    services.mail_checkpoints()
    assert b"Last sent" in browser.get(reverse("projects:organisation_settings", args=[lumaro.slug])).content


def test_the_packs_ask_for_it_when_they_issue(named, stridewell):
    from compliance.packs import hooks
    from compliance.packs.models import EvidencePack

    hooks.issued(EvidencePack(organisation=named, project=stridewell, reference="PK-0007", edition="2.0"))

    assert CheckpointMailing.objects.get().about.startswith("PK-0007")

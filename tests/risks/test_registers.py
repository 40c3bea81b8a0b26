"""Operational registers: what speaks against a line, shares of a whole, payments, and what packs print of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.packs.registry import Period, sections
from compliance.projects.models import Organisation, Project
from compliance.registers.declaration import register_types
from compliance.registers.models import RegisterRow
from compliance.registers.services.row import Said, add_row

SignIn = Callable[[User], Client]
PAYMENTS = ["payment-scope", "payment-gateways", "payment-data", "payment-authentication"]
PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))


def line(register: str, **values: Any) -> RegisterRow:
    """A line that is not stored: what a register thinks of it needs no database."""
    row = RegisterRow(register=register)
    for key, value in values.items():
        setattr(row, register_types[register].by_key[key].column, value)
    return row


@pytest.mark.once
@pytest.mark.parametrize(
    ("register", "values", "doubts"),
    [
        ("cryptography", {"algorithm": "AES", "mode": "GCM", "bits": Decimal(256), "status": "approved"}, []),
        (
            "cryptography",
            {"algorithm": "RSA", "mode": "PKCS#1 v1.5", "bits": Decimal(2048), "status": "legacy_allowed"},
            [
                "PKCS#1 v1.5 is weak: padding oracles, use OAEP or PSS.",
                "A RSA key of 2048 bits is short; use 3072 or more.",
            ],
        ),
        (
            "cryptography",
            {"algorithm": "HMAC-SHA1", "status": "approved"},
            [],  # part of another word: SHA-1 inside HMAC is sound
        ),
        (
            "cryptography",
            {"algorithm": "md5", "status": "approved"},
            [
                "MD5 is weak: collisions are made in seconds.",
                "It stands as approved: say what makes it acceptable, or change its status.",
            ],
        ),
        ("endpoints", {"tls": "tls13", "checks": "yes", "pinned": "no"}, []),
        (
            "endpoints",
            {"tls": "tls10", "checks": "no", "pinned": "yes"},
            [
                "TLS older than 1.2 is accepted (RFC 8996).",
                "Host name or certificate is not checked: anybody on the way can read along.",
                "It is pinned and nobody wrote down until when the pins hold.",
                "There is no spare pin: when the key is lost, the app is locked out.",
            ],
        ),
        ("endpoints", {"tls": "none"}, ["It is reached without TLS, and nothing says until when."]),
        ("endpoints", {"tls": "none", "cleartext_until": date(2026, 12, 1)}, []),
        ("mfa-coverage", {"enabled": Decimal(37), "total": Decimal(37)}, []),
        ("mfa-coverage", {"enabled": Decimal(30), "total": Decimal(37)}, ["7 accounts have no second factor."]),
        (
            "access-reviews",
            {"reviewed": Decimal(9), "population": Decimal(8)},
            ["9 of 8 cannot be: mend one of the numbers."],
        ),
        ("leak-channels", {"protection": "untested"}, ["Nobody has tested this channel."]),
        ("leak-channels", {"protection": "blocked"}, ["It counts as closed, and no test shows it."]),
        ("leak-channels", {"protection": "allowed_justified"}, ["It is allowed, and the reason is missing."]),
        ("detection", {"result": "missed"}, ["The last test went unnoticed."]),
        ("detection", {"result": "detected", "tested": date(2026, 1, 1)}, []),
        ("payment-data", {"element": "pan", "touches": "ui_only"}, []),
        (
            "payment-data",
            {"element": "cvv", "touches": "logs"},
            ["Card codes may not be stored after authorisation, encrypted or not (PCI DSS 3.3)."],
        ),
        (
            "payment-authentication",
            {"first": "possession", "second": "possession", "linked": "no"},
            [
                "Both elements are of one kind: two of knowledge, possession and inherence are asked for.",
                "The code is not bound to amount and payee (dynamic linking, RTS Art. 5).",
            ],
        ),
        ("payment-authentication", {"first": "possession", "second": "possession", "exemption": "low_value"}, []),
        (
            "environments",
            {"kind": "test", "real_data": "yes_approved"},
            ["It holds real personal data outside production, and the approval is not named."],
        ),
    ],
)
def test_a_line_says_what_should_not_stay_so(register: str, values: dict[str, Any], doubts: list[str]) -> None:
    assert line(register, **values).doubts == doubts


def test_payment_registers_show_where_an_app_takes_payments(
    lumaro: Organisation, stridewell: Project, mara: User, sign_in: SignIn
) -> None:
    client: Client = sign_in(mara)

    def shown() -> list[str]:
        answer = client.get(reverse("registers:project_registers", args=[stridewell.slug]))
        return [one["register"].key for one in answer.context["register_groups"].get("Payments", [])]

    before = shown()
    page = reverse("projects:project_edit", args=[stridewell.slug])
    form = client.get(page).context["form"]
    client.post(page, {**{k: v for k, v in form.initial.items() if v is not None}, "takes_payments": "on"})

    assert (before, shown()) == ([], PAYMENTS)


def test_a_share_is_drawn_below_its_line_and_doubted_while_it_is_not_whole(
    lumaro: Organisation, mara: User, sign_in: SignIn
) -> None:
    access = add_row(
        register=register_types["mfa"],
        scope=lumaro,
        said=Said("Code", {"area": "code", "target": Decimal(100)}),
        by=mara,
    )
    for day, some in ((1, 30), (2, 37)):
        values = {"measured": date(2026, 3, day), "enabled": Decimal(some), "total": Decimal(37)}
        register = register_types["mfa-coverage"]
        add_row(register=register, scope=lumaro, said=Said("Counted", values, parent=access), by=mara)

    below = sign_in(mara).get(access.get_absolute_url()).context["children"][0]

    assert [line["number"] for line in below["rows"]] == [Decimal("100.0"), Decimal("81.1")]
    assert below["picture"].title == "Code"


def test_a_pack_prints_a_register_with_lines_and_names_the_empty_ones(
    lumaro: Organisation, stridewell: Project, mara: User
) -> None:
    values = {"use": "All", "tls": "tls10", "checks": "yes", "pinned": "no"}
    add_row(register=register_types["endpoints"], scope=stridewell, said=Said("api.example", values, mara), by=mara)
    at = datetime.now(UTC)

    printed = sections["endpoints"].ask(stridewell, at, PERIOD)
    empty = sections["leak-channels"].ask(stridewell, at, PERIOD)
    kept = sections["registers"].ask(stridewell, at, PERIOD)

    assert printed is not None
    assert kept is not None
    assert [(row["main"], row["doubts"]) for row in printed["rows"]] == [
        ("api.example", ["TLS older than 1.2 is accepted (RFC 8996)."])
    ]
    assert empty is None
    lines = {one["title"]: (one["lines"], one["doubts"]) for one in kept["registers_kept"]}
    assert (lines["Endpoints"], lines["Leak channels"]) == ((1, 1), (0, 0))
    assert "Payment data" not in lines

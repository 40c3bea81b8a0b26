"""Payments, shown where an app takes them: PCI DSS for cards, strong customer authentication for the rest."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_gateway, of_payment_data, of_sca
from risks.registers.scopes import BOTH, PROJECT, takes_payments

GROUP = "Payments"
ELEMENTS = words("knowledge", "possession", "inherence")

register(
    RegisterType(
        key="payment-scope",
        title="Payment scope statement",
        noun="scope statement",
        prefix="PS",
        clause="PCI DSS 12.5.2",
        purpose="Which self-assessment applies to us and why, confirmed every year.",
        main="What it covers",
        group=GROUP,
        order=140,
        scopes=BOTH,
        owner="Confirmed by",
        links=("evidence", "document", "control"),
        applies=takes_payments,
        fields=(
            Field(
                "choice_1",
                "saq",
                "Self-assessment",
                choices=(
                    ("none", "None: no card data"),
                    ("a", "SAQ A"),
                    ("a_ep", "SAQ A-EP"),
                    ("d_merchant", "SAQ D, merchant"),
                    ("d_provider", "SAQ D, service provider"),
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_2",
                "integration",
                "Payment is taken by",
                choices=(
                    ("platform_wallet", "Wallet of the platform"),
                    ("hosted_page", "Page of the gateway"),
                    ("provider_sdk", "Component of the gateway"),
                    ("own_form_tokenised", "Own form, tokenised"),
                    ("own_form_direct", "Own form, card number reaches us"),
                ),
                required=True,
                listed=True,
            ),
            Field("text_1", "reasons", "Reasons", required=True, long=True),
            Field("day_1", "confirmed", "Confirmed on", required=True, listed=True),
            Field("day_2", "until", "Holds until", required=True, due="payment scope is to be confirmed", listed=True),
        ),
        printed=Printed(
            153, "Payment scope", columns=("saq", "integration", "reasons", "confirmed", "until"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="payment-gateways",
        title="Payment gateways",
        noun="gateway",
        prefix="PG",
        clause="PCI DSS 12.8, 12.9; ISO/IEC 27001 A.5.19 to A.5.22",
        purpose="Why a gateway may be trusted: licence, attestation with its end, and who meets which requirement.",
        main="Gateway",
        group=GROUP,
        order=141,
        scopes=BOTH,
        links=("party", "evidence", "document", "control"),
        doubts=of_gateway,
        applies=takes_payments,
        fields=(
            Field("text_1", "licence", "Licence", required=True, listed=True, help="Authority and number."),
            Field("text_2", "level", "PCI level", listed=True),
            Field("text_3", "aoc", "Attestation", help="Version and what it covers.", long=True),
            Field("day_1", "aoc_until", "Attestation until", due="attestation of compliance ends", listed=True),
            Field(
                "choice_1", "matrix", "Responsibilities agreed in writing", choices=YES_NO, required=True, listed=True
            ),
            Field("text_4", "ours", "What stays with us", long=True),
        ),
        printed=Printed(
            154,
            "Payment gateways",
            columns=("licence", "level", "aoc", "aoc_until", "matrix", "ours"),
            optional=True,
        ),
    )
)

register(
    RegisterType(
        key="payment-data",
        title="Payment data",
        noun="payment data element",
        prefix="PD",
        clause="PCI DSS 3; GDPR Art. 5(1)(c), 25",
        purpose="How far each element of payment data comes, and whether it is needed at all.",
        main="Element in words",
        group=GROUP,
        order=142,
        scopes=PROJECT,
        review_days=180,
        links=("evidence", "control", "risk"),
        doubts=of_payment_data,
        applies=takes_payments,
        fields=(
            Field(
                "choice_1",
                "element",
                "Element",
                choices=(
                    ("pan", "Card number"),
                    ("masked_pan", "Masked card number"),
                    ("cvv", "Card code"),
                    ("expiry", "Expiry"),
                    ("network_token", "Network token"),
                    ("gateway_token", "Gateway token"),
                    ("iban", "IBAN"),
                    ("wallet_balance", "Balance"),
                ),
                required=True,
                listed=True,
            ),
            Field(
                "choice_2",
                "touches",
                "Comes as far as",
                choices=words("never", "ui_only", "memory", "app_storage", "our_backend", "logs"),
                required=True,
                listed=True,
            ),
            Field(
                "choice_3",
                "verdict",
                "Needed",
                choices=words("keep", "drop", "shorten", "mask"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("text_1", "reason", "Reason", required=True, long=True),
            Field("day_1", "scanned", "Logs and crash reports scanned on", listed=True),
        ),
        printed=Printed(
            155, "Payment data", columns=("element", "touches", "verdict", "reason", "scanned"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="payment-authentication",
        title="Strong customer authentication",
        noun="authentication rule",
        prefix="SC",
        clause="Delegated Regulation (EU) 2018/389 Art. 4, 5, 10 to 18",
        purpose="For every payment action: which two elements, bound to amount and payee, or which exemption.",
        main="Action",
        group=GROUP,
        order=143,
        scopes=PROJECT,
        links=("evidence", "control", "risk"),
        doubts=of_sca,
        applies=takes_payments,
        fields=(
            Field("choice_1", "first", "First element", choices=ELEMENTS, required=True, listed=True),
            Field("choice_2", "second", "Second element", choices=ELEMENTS, required=True, listed=True),
            Field("choice_3", "linked", "Bound to amount and payee", choices=YES_NO, required=True, listed=True),
            Field(
                "choice_4",
                "exemption",
                "Exemption",
                choices=(
                    ("none", "None"),
                    ("low_value", "Low value"),
                    ("trusted_beneficiary", "Trusted payee"),
                    ("tra", "Transaction risk analysis"),
                    ("mit", "Started by the merchant"),
                    ("recurring", "Recurring"),
                ),
                required=True,
                listed=True,
            ),
            Field("text_1", "limits", "Limits and how they are kept", long=True),
            Field("day_1", "tested", "Tested on", listed=True),
        ),
        printed=Printed(
            156,
            "Strong customer authentication",
            columns=("first", "second", "linked", "exemption", "tested"),
            optional=True,
        ),
    )
)

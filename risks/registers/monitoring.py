"""What watches after launch: sources of logs, the reviews of them, and the alarms with their last trial."""

from compliance.registers.declaration import YES_NO, Field, Printed, RegisterType, register, words
from risks.registers.doubts import of_detection
from risks.registers.scopes import BOTH

GROUP = "Monitoring"
SEVERITIES = (("sev1", "1, highest"), ("sev2", "2"), ("sev3", "3"), ("sev4", "4, lowest"))

register(
    RegisterType(
        key="log-sources",
        title="Log sources",
        noun="log source",
        prefix="LS",
        clause="ISO/IEC 27001 A.8.15, A.8.17",
        purpose="What is logged where, whether it names people, how long it stays and what keeps it from change.",
        main="Source",
        group=GROUP,
        order=120,
        scopes=BOTH,
        links=("control", "evidence", "risk"),
        fields=(
            Field("text_1", "events", "Events", required=True, listed=True, long=True),
            Field("choice_1", "personal", "Holds personal data", choices=YES_NO, required=True, listed=True),
            Field("number_1", "kept", "Kept for", unit="days", low=0, required=True, listed=True),
            Field(
                "choice_2",
                "integrity",
                "Kept from change by",
                choices=(("worm", "Write-once store"), ("hash", "Chained hashes"), ("none", "Nothing")),
                required=True,
                listed=True,
            ),
            Field(
                "choice_3",
                "reviewed",
                "Looked at",
                choices=words("automatically", "daily", "weekly", "never"),
                listed=True,
            ),
            Field("text_2", "clock", "Clock", help="What its time comes from."),
            Field("text_3", "consent", "Legal ground, when it is telemetry of a device", long=True),
        ),
        printed=Printed(
            191, "Log sources", columns=("events", "personal", "kept", "integrity", "reviewed"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="monitoring-reviews",
        title="Monitoring reviews",
        noun="monitoring review",
        prefix="MR",
        clause="ISO/IEC 27001 A.8.16",
        purpose="That somebody looked: how many alarms, how many mattered, how many were false.",
        main="What was seen",
        group=GROUP,
        order=121,
        scopes=BOTH,
        owner="Reviewed by",
        review_days=None,
        under="log-sources",
        trend="alerts",
        links=("evidence",),
        fields=(
            Field("day_1", "until", "Period until", required=True, listed=True),
            Field("number_1", "alerts", "Alarms", low=0, required=True, listed=True),
            Field("number_2", "escalated", "Escalated", low=0, required=True, listed=True),
            Field("number_3", "false_alarms", "False", low=0, listed=True),
            Field("day_2", "next", "Next by", due="monitoring review falls due", ends=False),
        ),
        printed=Printed(
            192, "Monitoring reviews", columns=("until", "alerts", "escalated", "false_alarms"), optional=True
        ),
    )
)

register(
    RegisterType(
        key="detection",
        title="Detection use cases",
        noun="detection use case",
        prefix="DU",
        clause="ISO/IEC 27001 A.8.16, A.5.7",
        purpose="Which attack would be noticed, from which log, by whom, and whether a trial was.",
        main="What would be noticed",
        group=GROUP,
        order=122,
        scopes=BOTH,
        owner="Answered by",
        review_days=180,
        links=("control", "evidence", "risk"),
        doubts=of_detection,
        fields=(
            Field(
                "text_1", "signal", "Signal", required=True, listed=True, help="E.g. 20 failed sign-ins in a minute."
            ),
            Field("text_2", "source", "Log source", required=True, listed=True),
            Field("choice_1", "severity", "Severity", choices=SEVERITIES, required=True, listed=True),
            Field("text_3", "answer", "What is done then", long=True),
            Field("day_1", "tested", "Tried on", listed=True),
            Field(
                "choice_2",
                "result",
                "Result",
                choices=words("detected", "missed", "not_tested"),
                required=True,
                listed=True,
                is_state=True,
            ),
            Field("day_2", "try_by", "Try again by", due="detection is to be tried again", ends=False),
        ),
        printed=Printed(
            193,
            "Detection use cases",
            columns=("signal", "source", "severity", "tested", "result"),
            optional=True,
        ),
    )
)

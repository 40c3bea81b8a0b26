"""The questions of Google Play's Data safety form, as the Play Console exports them since 2024; labels of our own."""

from collections.abc import Iterator
from functools import cache

GROUPS: dict[str, tuple[str, ...]] = {
    "PERSONAL": (
        "PSL_NAME",
        "PSL_EMAIL",
        "PSL_USER_ACCOUNT",
        "PSL_ADDRESS",
        "PSL_PHONE",
        "PSL_RACE_ETHNICITY",
        "PSL_POLITICAL_RELIGIOUS",
        "PSL_SEXUAL_ORIENTATION_GENDER_IDENTITY",
        "PSL_OTHER_PERSONAL",
    ),
    "FINANCIAL": (
        "PSL_CREDIT_DEBIT_BANK_ACCOUNT_NUMBER",
        "PSL_PURCHASE_HISTORY",
        "PSL_CREDIT_SCORE",
        "PSL_OTHER",
    ),
    "LOCATION": ("PSL_APPROX_LOCATION", "PSL_PRECISE_LOCATION"),
    "SEARCH_AND_BROWSING": ("PSL_WEB_BROWSING_HISTORY",),
    "EMAIL_AND_TEXT": ("PSL_EMAILS", "PSL_SMS_CALL_LOG", "PSL_OTHER_MESSAGES"),
    "PHOTOS_AND_VIDEOS": ("PSL_PHOTOS", "PSL_VIDEOS"),
    "AUDIO": ("PSL_AUDIO", "PSL_MUSIC", "PSL_OTHER_AUDIO"),
    "HEALTH_AND_FITNESS": ("PSL_HEALTH", "PSL_FITNESS"),
    "CONTACTS": ("PSL_CONTACTS",),
    "CALENDAR": ("PSL_CALENDAR",),
    "APP_PERFORMANCE": ("PSL_CRASH_LOGS", "PSL_PERFORMANCE_DIAGNOSTICS", "PSL_OTHER_PERFORMANCE"),
    "FILES_AND_DOCS": ("PSL_FILES_AND_DOCS",),
    "APP_ACTIVITY": (
        "PSL_USER_INTERACTION",
        "PSL_IN_APP_SEARCH_HISTORY",
        "PSL_APPS_ON_DEVICE",
        "PSL_USER_GENERATED_CONTENT",
        "PSL_OTHER_APP_ACTIVITY",
    ),
    "IDENTIFIERS": ("PSL_DEVICE_ID",),
}
TYPES = {
    "PSL_NAME": "Name",
    "PSL_EMAIL": "Email address",
    "PSL_USER_ACCOUNT": "User IDs",
    "PSL_ADDRESS": "Address",
    "PSL_PHONE": "Phone number",
    "PSL_RACE_ETHNICITY": "Race and ethnicity",
    "PSL_POLITICAL_RELIGIOUS": "Political or religious beliefs",
    "PSL_SEXUAL_ORIENTATION_GENDER_IDENTITY": "Sexual orientation",
    "PSL_OTHER_PERSONAL": "Other personal info",
    "PSL_CREDIT_DEBIT_BANK_ACCOUNT_NUMBER": "User payment info",
    "PSL_PURCHASE_HISTORY": "Purchase history",
    "PSL_CREDIT_SCORE": "Credit score",
    "PSL_OTHER": "Other financial info",
    "PSL_APPROX_LOCATION": "Approximate location",
    "PSL_PRECISE_LOCATION": "Precise location",
    "PSL_WEB_BROWSING_HISTORY": "Web browsing history",
    "PSL_EMAILS": "Emails",
    "PSL_SMS_CALL_LOG": "SMS or MMS",
    "PSL_OTHER_MESSAGES": "Other in-app messages",
    "PSL_PHOTOS": "Photos",
    "PSL_VIDEOS": "Videos",
    "PSL_AUDIO": "Voice or sound recordings",
    "PSL_MUSIC": "Music files",
    "PSL_OTHER_AUDIO": "Other audio files",
    "PSL_HEALTH": "Health info",
    "PSL_FITNESS": "Fitness info",
    "PSL_CONTACTS": "Contacts",
    "PSL_CALENDAR": "Calendar events",
    "PSL_CRASH_LOGS": "Crash logs",
    "PSL_PERFORMANCE_DIAGNOSTICS": "Diagnostics",
    "PSL_OTHER_PERFORMANCE": "Other app performance data",
    "PSL_FILES_AND_DOCS": "Files and docs",
    "PSL_USER_INTERACTION": "App interactions",
    "PSL_IN_APP_SEARCH_HISTORY": "In-app search history",
    "PSL_APPS_ON_DEVICE": "Installed apps",
    "PSL_USER_GENERATED_CONTENT": "Other user-generated content",
    "PSL_OTHER_APP_ACTIVITY": "Other actions",
    "PSL_DEVICE_ID": "Device or other IDs",
}
PURPOSES = {
    "PSL_APP_FUNCTIONALITY": "App functionality",
    "PSL_ANALYTICS": "Analytics",
    "PSL_DEVELOPER_COMMUNICATIONS": "Developer communications",
    "PSL_FRAUD_PREVENTION_SECURITY": "Fraud prevention, security and compliance",
    "PSL_ADVERTISING": "Advertising or marketing",
    "PSL_PERSONALIZATION": "Personalization",
    "PSL_ACCOUNT_MANAGEMENT": "Account management",
}
USAGE = "PSL_DATA_USAGE_RESPONSES:"
OPTIONAL, REQUIRED = "PSL_DATA_USAGE_USER_CONTROL_OPTIONAL", "PSL_DATA_USAGE_USER_CONTROL_REQUIRED"
COLLECTS, ENCRYPTED = "PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA", "PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT"
ACCOUNTS, ACCOUNT_URL = "PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACCOUNT_DELETION_URL"
DELETION, DELETION_URL = "PSL_SUPPORT_DATA_DELETION_BY_USER", "PSL_DATA_DELETION_URL"
MULTIPLE, SINGLE, MAYBE, FREE = "MULTIPLE_CHOICE", "SINGLE_CHOICE", "MAYBE_REQUIRED", "OPTIONAL"
ACCOUNT_METHODS = {
    "PSL_ACM_USER_ID_PASSWORD": "Username and password",
    "PSL_ACM_USER_ID_OTHER_AUTH": "Username and other authentication",
    "PSL_ACM_USER_ID_PASSWORD_OTHER_AUTH": "Username, password and other authentication",
    "PSL_ACM_OAUTH": "OAuth",
    "PSL_ACM_OTHER": "Other",
    "PSL_ACM_NONE": "No account can be created in the app",
}
DELETIONS = {
    "DATA_DELETION_YES": "Yes",
    "DATA_DELETION_NO": "No",
    "DATA_DELETION_NO_AUTO_DELETED": "No, but data is deleted by itself within 90 days",
}
OUTSIDE = {
    "PSL_LOGIN_WITH_OUTSIDE_APP_ID": "By an identification outside the app",
    "PSL_LOGIN_THROUGH_EMPLOYMENT_OR_ENTERPRISE_ACCOUNT": "By an employer or enterprise",
    "PSL_OUTSIDE_APP_ACCOUNT_TYPE_OTHER": "Other",
}
GENERAL: tuple[tuple[str, dict[str, str], str, str], ...] = (
    (COLLECTS, {}, "REQUIRED", "Collects or shares user data"),
    (ENCRYPTED, {}, MAYBE, "All of it is encrypted in transit"),
    (ACCOUNTS, ACCOUNT_METHODS, MULTIPLE, "How accounts are created"),
    ("PSL_ACM_SPECIFY", {}, MAYBE, "Other way to create an account"),
    (ACCOUNT_URL, {}, MAYBE, "Where people ask to have their account deleted"),
    (DELETION, DELETIONS, SINGLE, "People can ask to have data deleted"),
    (DELETION_URL, {}, MAYBE, "Where people ask to have data deleted"),
    ("PSL_DATA_COLLECTION_COMPLIES_FAMILY_POLICY", {}, FREE, "Shows that it follows the Families policy"),
    ("PSL_INDEPENDENTLY_VALIDATED", {}, FREE, "Security was reviewed independently (MASA)"),
    ("PSL_UPI_BADGE_OPT_IN", {}, FREE, "Shows the UPI badge"),
    ("PSL_HAS_OUTSIDE_APP_ACCOUNTS", {}, FREE, "People sign in with accounts made outside the app"),
    ("PSL_OUTSIDE_APP_ACCOUNT_TYPES", OUTSIDE, MULTIPLE, "How those accounts are made"),
    ("PSL_OUTSIDE_APP_ACCOUNT_TYPE_SPECIFY", {}, MAYBE, "Other way those accounts are made"),
)


def questions() -> Iterator[tuple[str, str, str]]:
    """Question, response and requirement of every line, in the order of the form."""
    for key, kind in ((key, kind) for key, kind, _ in _lines()):
        yield (*key, kind)


@cache
def question_labels() -> dict[tuple[str, str], str]:
    """What each line is called."""
    return {key: label for key, _, label in _lines()}


def _lines() -> Iterator[tuple[tuple[str, str], str, str]]:
    for question, responses, kind, label in GENERAL:
        if not responses:
            yield (question, ""), kind, label
        for response, word in responses.items():
            yield (question, response), kind, f"{label} / {word}"
    for group, codes in GROUPS.items():
        for code in codes:
            yield (f"PSL_DATA_TYPES_{group}", code), MULTIPLE, TYPES[code]
    for codes in GROUPS.values():
        for code in codes:
            yield from _usage(code)


def _usage(code: str) -> Iterator[tuple[tuple[str, str], str, str]]:
    ask, name = f"{USAGE}{code}:", TYPES[code]
    sharing, control = f"{ask}PSL_DATA_USAGE_COLLECTION_AND_SHARING", f"{ask}DATA_USAGE_USER_CONTROL"
    yield (sharing, "PSL_DATA_USAGE_ONLY_COLLECTED"), MULTIPLE, f"{name} / Collected"
    yield (sharing, "PSL_DATA_USAGE_ONLY_SHARED"), MULTIPLE, f"{name} / Shared"
    yield (f"{ask}PSL_DATA_USAGE_EPHEMERAL", ""), MAYBE, f"{name} / Processed ephemerally"
    yield (control, OPTIONAL), SINGLE, f"{name} / People can choose"
    yield (control, REQUIRED), SINGLE, f"{name} / Required"
    for asked, said in (("COLLECTION", "Collected"), ("SHARING", "Shared")):
        for purpose, word in PURPOSES.items():
            yield (f"{ask}DATA_USAGE_{asked}_PURPOSE", purpose), MULTIPLE, f"{name} / {said} for / {word}"

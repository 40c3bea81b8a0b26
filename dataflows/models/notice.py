"""Privacy notices (GDPR Art. 12 to 14; ISO/IEC 27701 A.1.3.3, A.1.3.4)."""

from typing import Any

from django.db import models

from compliance.ui.addresses import filled
from dataflows.models.told import ADDRESS, Told, ToldQuerySet


class Language(models.TextChoices):
    """The languages of the European Union and of what the apps speak beside them, by ISO 639-1."""

    BG = "bg", "Bulgarian"
    CS = "cs", "Czech"
    DA = "da", "Danish"
    DE = "de", "German"
    EL = "el", "Greek"
    EN = "en", "English"
    ES = "es", "Spanish"
    ET = "et", "Estonian"
    FI = "fi", "Finnish"
    FR = "fr", "French"
    GA = "ga", "Irish"
    HR = "hr", "Croatian"
    HU = "hu", "Hungarian"
    IS = "is", "Icelandic"
    IT = "it", "Italian"
    LT = "lt", "Lithuanian"
    LV = "lv", "Latvian"
    MT = "mt", "Maltese"
    NL = "nl", "Dutch"
    NO = "no", "Norwegian"
    PL = "pl", "Polish"
    PT = "pt", "Portuguese"
    RO = "ro", "Romanian"
    SK = "sk", "Slovak"
    SL = "sl", "Slovenian"
    SV = "sv", "Swedish"
    TR = "tr", "Turkish"
    UK = "uk", "Ukrainian"


class Notice(Told):
    """A notice in one language over all its versions: where it stands in the app and in the store."""

    reference_prefix = "PN"
    reference_digits = 3
    kind = "notice"

    class Article(models.TextChoices):
        ART13 = "13", "Art. 13, from the people themselves"
        ART14 = "14", "Art. 14, from somebody else"
        BOTH = "both", "Art. 13 and 14"

    title = models.CharField(max_length=120, help_text="As people know it, e.g. Privacy notice of Stridewell.")
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    article = models.CharField("where the data comes from", max_length=4, choices=Article, default=Article.ART13)
    place = models.CharField(
        "place in the app", max_length=160, blank=True, help_text="The way there, e.g. Settings, About, Privacy."
    )
    listing_url = models.CharField(
        "link in the store listing",
        max_length=400,
        blank=True,
        validators=[ADDRESS],
        help_text="It leads to this very text.",
    )

    objects = ToldQuerySet["Notice"].as_manager()

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return filled("dataflows:notice", self.project.slug, self.reference)

    def told(self) -> dict[str, Any]:
        """What an approval of a version binds to of the notice itself."""
        names = ("reference", "title", "language", "article", "place", "listing_url")
        return {name: getattr(self, name) for name in names}

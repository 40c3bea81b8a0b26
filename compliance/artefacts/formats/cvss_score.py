"""CVSS vectors of versions 2, 3.0, 3.1 and 4.0: read, checked and scored by the library of the same name."""

from decimal import Decimal
from typing import NamedTuple

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError


class BadVector(ValueError):
    """The text is no CVSS vector; the message says what is wrong with it."""


class Score(NamedTuple):
    """What a vector comes to: its version, the vector as it is written properly, 0.0 to 10.0, and the word."""

    version: str
    vector: str
    score: Decimal
    severity: str


MOST = 400
BOUNDS = (("critical", 9), ("high", 7), ("medium", 4))


def severity_of(score: float | Decimal) -> str:
    """The word CVSS has for a score (in version 2, which lacks one, critical from 9)."""
    if score <= 0:
        return "none"
    return next((word for word, least in BOUNDS if score >= least), "low")


def scored(vector: str) -> Score:
    """The score of a vector. Raises BadVector."""
    text = vector.strip().strip("()")
    if len(text) > MOST:
        raise BadVector(f"A CVSS vector has at most {MOST} letters.")
    kind = CVSS4 if text.startswith("CVSS:4") else CVSS3 if text.startswith("CVSS:3") else CVSS2
    try:
        read = kind(text)
        number = read.base_score if kind is CVSS4 else read.scores()[0]
        written = read.clean_vector()
    except (CVSSError, ValueError, KeyError, IndexError, ArithmeticError) as error:
        raise BadVector(f"“{text[:80]}” is no CVSS vector: {error or 'a metric is missing'}.") from error
    score = Decimal(str(number)).quantize(Decimal("0.1"))
    version = "4.0" if kind is CVSS4 else "2.0" if kind is CVSS2 else text[5:8]
    return Score(version, written, score, severity_of(score))


def first_scored(vectors: list[str]) -> Score | None:
    """The score by the newest version among vectors, leaving out what is none."""
    good = []
    for vector in vectors:
        try:
            good.append(scored(vector))
        except BadVector:
            continue
    return max(good, key=lambda one: one.version, default=None)

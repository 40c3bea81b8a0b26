"""Which flows have problems, asked of the database: the same flows as `problems.with_problems` finds in memory."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from dataflows import vocabulary
from dataflows.models import DataFlow, FlowItem, FlowStop, Node, Party, Transfer


def flawed(flows: Any, on: date) -> Any:
    """Those of present flows that have a problem on a day."""
    stops = FlowStop.objects.filter(flow=OuterRef("pk")).order_by()
    off_device = _placed(stops.exclude(node__kind__in=Node.ON_DEVICE))
    unnamed = Q(legal_basis="") | Q(legal_basis="legitimate_interests", legitimate_interests="")
    special = FlowItem.objects.filter(Q(item__special=True) | Q(item__category__in=_special()), flow=OuterRef("pk"))
    return flows.filter(
        unnamed
        | Q(Exists(special), article9_condition="")
        | Q(Exists(off_device), protection__in=("", DataFlow.Protection.NONE))
        | Exists(off_device.filter(place=""))
        | Exists(_unanswered(off_device))
        | Exists(stops.filter(_uncontracted(on)))
        | Exists(_weak(on).filter(flow=OuterRef("pk")))
    )


def _placed(stops: Any) -> Any:
    """With `place`, the ISO code of the country, as `Node.where` says it."""
    return stops.annotate(place=Coalesce(NullIf(F("node__country"), Value("")), F("node__party__country"), Value("")))


def _unanswered(stops: Any) -> Any:
    """Stops outside the EEA for whose country no mechanism is recorded."""
    answered = Transfer.objects.filter(flow=OuterRef("flow"), country=OuterRef("place")).exclude(mechanism="")
    return stops.exclude(place__in=["", *_eea()]).exclude(Exists(answered))


def _uncontracted(on: date) -> Q:
    """Stops at a party that needs a contract and has none in force (GDPR Art. 28(3))."""
    ends = Q(node__party__contract_expires_date__isnull=True) | Q(node__party__contract_expires_date__gte=on)
    signed = Q(node__party__contract_signed_date__isnull=False, node__party__contract_signed_date__lte=on)
    return Q(node__party__role__in=Party.CONTRACTED) & ~(signed & ends)


def _weak(on: date) -> Any:
    """Transfers out of the EEA that rest on nothing that holds on a day."""
    known = vocabulary.mechanisms().values()
    adequacy = [one.code for one in known if one.kind == "adequacy"]
    assessed = [one.code for one in known if one.assessment]
    adequate = [row.country for row in vocabulary.adequacy() if row.holds(on)]
    return Transfer.objects.exclude(country__in=["", *_eea()]).filter(
        Q(mechanism="")
        | (Q(mechanism__in=adequacy) & ~Q(country__in=adequate))
        | Q(assessment_result=Transfer.Result.NOT_ALLOWED)
        | Q(mechanism__in=assessed, assessment_result="")
        | (~Q(assessment_result="") & Q(assessment_expires_date__lt=on))
    )


def _eea() -> list[str]:
    return [one.code for one in vocabulary.countries().values() if one.eea]


def _special() -> list[str]:
    return [one.code for one in vocabulary.categories().values() if one.special]

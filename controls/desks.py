"""The auditor's desk: who may sit there now."""

from compliance.projects.desks import desk
from controls.services.desk import seat_of, seats_of

desk("audit", find=seat_of, held=seats_of)

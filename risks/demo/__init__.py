"""The demonstration: an invented organisation, its two apps and a year of their history, made through the services."""

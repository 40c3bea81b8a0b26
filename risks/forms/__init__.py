"""Forms of the risks room: they ask, the services decide."""

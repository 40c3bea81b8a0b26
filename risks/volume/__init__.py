"""An organisation of any size: the demonstration's projects copied many times over, with the history of a year."""

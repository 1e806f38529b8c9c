"""Programmes: several events over months and in several cities, led from an office, and the call to apply for them."""

"""The phases of the day, between which facilitators switch by hand, with what goes with each."""

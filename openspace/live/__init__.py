"""Live: the log of changes and how each change reaches every open page."""

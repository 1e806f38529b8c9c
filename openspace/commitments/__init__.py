"""Commitments: what somebody promises to do after the event, who helps, and what comes of it."""

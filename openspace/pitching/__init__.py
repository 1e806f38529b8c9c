"""The microphone: people read their topics out, the hall sees them, and a facilitator writes them down meanwhile."""

"""Access: who sits in the circle, how they come in, and what they may do."""

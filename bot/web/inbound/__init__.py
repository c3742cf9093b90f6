"""Comments from other systems: one file for each says how it signs, what its events mean, and what it wants to hear."""

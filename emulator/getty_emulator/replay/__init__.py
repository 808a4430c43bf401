"""Recorded exchanges with Getty: cassettes in vcrpy's format, written scrubbed and played from memory."""

"""A published programme in the formats of other programs."""

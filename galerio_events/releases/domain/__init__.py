"""What a release is made of, and how two of them differ."""

"""What all checks are made of: an exercise, inputs, calls, comparisons, the catalogue's search, and the card."""

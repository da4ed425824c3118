"""Reading notebooks that somebody else wrote, as text: nothing in them is run."""

"""Read students' notebooks as text: nothing in them is run."""

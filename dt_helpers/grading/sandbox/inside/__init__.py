"""What runs inside the sandbox, beside code that nobody has looked at. Nothing in here knows a right answer.

The folder is copied to the sandbox as a package of its own, so it imports nothing from the rest of `dt_helpers`.
"""

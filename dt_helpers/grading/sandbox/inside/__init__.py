"""What runs inside the sandbox, together with untrusted code. Nothing in here knows a right answer.

The folder is copied to the sandbox as a separate package, so it imports nothing from the rest of `dt_helpers`.
"""

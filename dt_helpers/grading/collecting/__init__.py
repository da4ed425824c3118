"""From what a learning platform gives to nbgrader's folders: whose each file is, and when it came."""

"""From a learning platform's download to nbgrader's folders: whose each file is, and when it was handed in."""

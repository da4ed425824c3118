"""What grading returns: pages for students, a report for instructors, tables for learning platforms."""

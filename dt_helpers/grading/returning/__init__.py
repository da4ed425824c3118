"""What goes back: pages for students, a report for instructors, tables for learning platforms."""

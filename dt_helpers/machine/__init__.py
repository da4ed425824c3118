"""What the machine has for the course: its hardware, threads and libraries, and what to do about what it lacks."""

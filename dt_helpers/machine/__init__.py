"""The machine that the course runs on: its hardware, threads and libraries, and what to do if something is missing."""

"""Tasks and methods: methods/<task>/task.py holds the question, one file per method the ways to answer it."""

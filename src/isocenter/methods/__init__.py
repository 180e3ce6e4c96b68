"""Tasks and methods: methods/<task>/task.py holds the question, a file per method the ways to answer it; shared/ serves several."""

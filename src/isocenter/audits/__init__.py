"""Questions of trust about a run, one file each: what was found, the evidence, what to do. Add one and the rest follows."""

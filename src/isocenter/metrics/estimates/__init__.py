"""Cohort quantities with their 95 % intervals: Wilson, Clopper-Pearson, DeLong, and the bootstrap over patients."""

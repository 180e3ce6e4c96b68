"""Whole exams: images, covariates and labels of one case as a network takes them."""

"""What the classical methods of exam-level tasks share: numbers taken from a case, and an estimator fitted to them."""

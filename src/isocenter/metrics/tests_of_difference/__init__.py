"""Are two models, or two methods, different: the effect with its interval first, the p value second."""

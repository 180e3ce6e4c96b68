"""A head's inside: folded cortex, deep structures, lesions, perivascular spaces, and how magnetic resonance shows them."""

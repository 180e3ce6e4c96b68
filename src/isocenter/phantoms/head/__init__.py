"""A head for computed tomography: skull, brain, bleeding by compartment, calcium, beam hardening."""

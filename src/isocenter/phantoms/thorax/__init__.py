"""A chest for computed tomography: its shape, its trees, its emphysema, and what readers and spirometry say of it."""

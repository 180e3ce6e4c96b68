"""A plate of wells over time: its design, colonies that grow, the microscope."""

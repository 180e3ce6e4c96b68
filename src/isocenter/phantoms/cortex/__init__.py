"""What the phantom of cortical layers is drawn from: ribbon, cells, stain."""

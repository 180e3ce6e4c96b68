"""What the nodule phantom adds to a chest: shapes, places and numbers of nodules."""

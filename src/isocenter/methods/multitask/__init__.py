"""Several labels of one exam, learned together."""

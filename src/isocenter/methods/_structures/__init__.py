"""Structures of which a case has one each, found slice by slice."""

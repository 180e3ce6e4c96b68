"""Where does each organ lie: one box of each a case."""

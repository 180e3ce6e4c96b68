"""Which of these: findings that may stand together."""

"""What the hand phantom is made of: a schedule of ossification, bones, soft tissue, exposure."""

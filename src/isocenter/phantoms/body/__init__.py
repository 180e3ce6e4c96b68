"""The thorax as shapes in space: x to the patient's left, y to the back, z up, in mm from the middle of the chest."""

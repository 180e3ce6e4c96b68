"""Networks that learn from patches and answer place by place: what segmentation, density maps and their like share."""

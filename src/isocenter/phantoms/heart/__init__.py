"""Parts of the cardiac phantoms: the beat, the ventricles, the chest around them, the signal and the scan."""

"""Reading report text: words, sentences, languages, findings in them and what is said of each. No images, no networks."""

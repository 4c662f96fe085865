"""All that is to be known of a GPU, measured in one go within a given time and written down as it comes."""

"""Draw the patients, or their labels, again and again; put several filled-in data sets together."""

"""What a comparison of two groups could have shown: power, sample size, detectable difference."""

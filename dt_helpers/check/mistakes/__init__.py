"""What students get wrong, one module an exercise: `mistakes()` gives its catalogue, the likeliest first."""

"""What `getty-token doctor` looks at, a small function for each thing."""

"""A site's folder as its files: what `init` adds to it and `doctor` looks at."""

a cjs

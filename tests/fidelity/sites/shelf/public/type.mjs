a mjs

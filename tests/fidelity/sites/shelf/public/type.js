a js

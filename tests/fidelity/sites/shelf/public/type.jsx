a jsx

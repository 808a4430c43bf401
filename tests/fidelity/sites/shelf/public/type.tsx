a tsx

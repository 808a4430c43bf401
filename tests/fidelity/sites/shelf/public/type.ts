a ts

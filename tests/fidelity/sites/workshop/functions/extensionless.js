import { handler as other } from './esm-v1.js'
export const handler = other

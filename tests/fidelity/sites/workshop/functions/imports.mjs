import { word } from './lib/word.js'
import data from './lib/data.json' with { type: 'json' }
export default async () => Response.json({ word, data })

import { wordSet } from './word-set.ts'
/** The words for true and false of several languages, and of spreadsheets that translate them. */
export const TRUE_WORDS = wordSet(`
  true 1 yes y t ja j oui o si sí s sim wahr vrai verdadero verdadeiro vero waar sant tak prawda on
`)
export const FALSE_WORDS = wordSet(`
  false 0 no n f nein non não nao nee nej falsch faux falso onwaar falskt nie fałsz off
`)

import { normalizeHeader } from '../../../../functions/shared/flags.ts'

/** A header without case, spaces, punctuation and characters that nobody sees. */
export const plainHeader = (header: string) =>
  normalizeHeader(header.normalize('NFC')).replace(/[\p{C}\p{P}\p{Z}]/gu, '')

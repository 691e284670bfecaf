import type { KeyAnswers } from './ask.ts'

/** What a Braze key is for. Without a separate key for exports, one key is used for both. */
export type KeyUse = {
  /** How findings name the key, its secret and its endpoint. */
  name: 'Braze' | 'Export'
  needs: readonly (keyof KeyAnswers)[]
  /** What does not work without the key. */
  impact: string
  /** Follows `rotate braze` in the command that replaces the key. */
  rotateOption: '' | ' --exports'
}

export const PERMISSIONS = { track: 'users.track', exported: 'users.export.ids' } as const

const DELIVERS = {
  name: 'Braze',
  impact: 'nothing can be delivered, and the worker holds every message',
  rotateOption: '',
} as const
const ONLY_KEY: KeyUse = { ...DELIVERS, needs: ['track', 'exported'] }
const DELIVERY_KEY: KeyUse = { ...DELIVERS, needs: ['track'] }
const EXPORT_KEY: KeyUse = {
  name: 'Export',
  needs: ['exported'],
  impact: 'delivery works, but verify and /users/export/ids do not',
  rotateOption: ' --exports',
}

/** The keys of a stack, each with the name or ARN of its secret. */
export const brazeKeys = ({ braze, brazeExport }: { braze: string; brazeExport?: string }) =>
  brazeExport === undefined
    ? { delivery: { id: braze, use: ONLY_KEY } }
    : { delivery: { id: braze, use: DELIVERY_KEY }, exports: { id: brazeExport, use: EXPORT_KEY } }

/** The permissions that the key needs, for use in a sentence. */
export const permissionsOf = ({ needs }: KeyUse): string =>
  needs.map((path) => PERMISSIONS[path]).join(' and ')

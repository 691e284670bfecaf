import { resolve } from 'node:path'
import * as z from 'zod'

/** Printed at every start and known to all who read this: for loopback only. */
export const DEVELOPMENT_TOKEN = 'local-development-token'

const DEFAULT_PORT = 8787
const DEFAULT_STATE_DIR = '.state'

/** What the inbound secret's schema asks of a token. */
const MIN_TOKEN_LENGTH = 16

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]'])

const isBraze = (value: string) => {
  if (!URL.canParse(value)) return false
  const { protocol, hostname } = new URL(value)
  if (protocol === 'http:') return LOOPBACK_HOSTS.has(hostname)
  return protocol === 'https:' && /(^|\.)braze\.(com|eu)$/.test(hostname)
}

const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((port) => port < 65_536)
    .optional(),
  WEBHOOK_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .min(MIN_TOKEN_LENGTH)
    .optional(),
  STATE_DIR: z.string().optional(),
  BRAZE_REST_ENDPOINT: z.string().refine(isBraze).optional(),
  BRAZE_API_KEY: z.string().min(1).optional(),
})

/** What to set, by variable: a person reads this at the first failed start, so it never prints the value back. */
const ADVICE: Record<string, string> = {
  PORT: 'PORT must be a port number from 0 to 65535. Leave it out for 8787; 0 takes any free port.',
  WEBHOOK_TOKEN: `WEBHOOK_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters, without spaces. Leave it out for "${DEVELOPMENT_TOKEN}".`,
  BRAZE_REST_ENDPOINT:
    'BRAZE_REST_ENDPOINT must be the https URL of a Braze REST endpoint under braze.com or braze.eu, such as https://rest.iad-01.braze.com, or http on 127.0.0.1.',
  BRAZE_API_KEY: 'BRAZE_API_KEY must be a Braze REST API key with the permission users.track.',
}
const BOTH_OR_NEITHER =
  'BRAZE_REST_ENDPOINT and BRAZE_API_KEY belong together. Set both to send to a real Braze, or neither for the simulator.'

export type LocalSettings = {
  port: number
  token: string
  /** Absolute. */
  stateDir: string
  /** Absent: the simulator. */
  braze?: { restEndpoint: string; apiKey: string }
}

/** @returns the settings, or one sentence for each variable that must be changed. */
export function readSettings(
  env: Record<string, string | undefined>,
): { ok: true; settings: LocalSettings } | { ok: false; problems: string[] } {
  /** `PORT= npm start` means the same as leaving it out. */
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
    return { ok: false, problems: [...names].map((name) => ADVICE[name] ?? name) }
  }
  const { PORT, WEBHOOK_TOKEN, STATE_DIR, BRAZE_REST_ENDPOINT, BRAZE_API_KEY } = parsed.data
  if ((BRAZE_REST_ENDPOINT === undefined) !== (BRAZE_API_KEY === undefined))
    return { ok: false, problems: [BOTH_OR_NEITHER] }
  const settings = {
    port: PORT ?? DEFAULT_PORT,
    token: WEBHOOK_TOKEN ?? DEVELOPMENT_TOKEN,
    stateDir: resolve(STATE_DIR ?? DEFAULT_STATE_DIR),
  }
  if (BRAZE_REST_ENDPOINT === undefined || BRAZE_API_KEY === undefined) return { ok: true, settings }
  return {
    ok: true,
    settings: { ...settings, braze: { restEndpoint: BRAZE_REST_ENDPOINT, apiKey: BRAZE_API_KEY } },
  }
}

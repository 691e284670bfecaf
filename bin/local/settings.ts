import { resolve } from 'node:path'
import * as z from 'zod'
import {
  BRAZE_KEY_PLACEHOLDER,
  brazeSecret,
  InboundSecret,
  MIN_TOKEN_CHARACTERS,
} from '../../functions/shared/secrets.ts'
import { DEFAULT_STATE_DIR } from '../ops/target-options.ts'
import { DEFAULT_PORT, DEVELOPMENT_TOKEN, SIMULATOR_PORT_OFFSET } from './variables.ts'

/** The worker's own rule, checked here so that a bad setting fails the start and not the first delivery. */
const BrazeSecret = brazeSecret({ allowLoopback: true }).check(
  z.refine(({ apiKey }) => apiKey !== BRAZE_KEY_PLACEHOLDER, { path: ['apiKey'] }),
)

export const HIGHEST_PORT = 65_535

const Port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((port) => port <= HIGHEST_PORT)

const Environment = z.object({
  PORT: Port.optional(),
  SIMULATOR_PORT: Port.optional(),
  WEBHOOK_TOKEN: z.optional(InboundSecret.shape.token.check(z.regex(/^[\x21-\x7e]+$/))),
  STATE_DIR: z.string().optional(),
  BRAZE_REST_ENDPOINT: z.string().optional(),
  BRAZE_API_KEY: z.string().optional(),
})

/**
 * What to set, by variable. The text is printed to a terminal, so it never repeats the value, which may be a
 * secret.
 */
const ADVICE: Record<string, string> = {
  PORT: 'PORT must be a port number from 0 to 65535. Leave it out for 8787; 0 takes any free port.',
  SIMULATOR_PORT: `SIMULATOR_PORT must be a port number from 0 to 65535. Leave it out for PORT plus ${SIMULATOR_PORT_OFFSET}; 0 takes any free port.`,
  WEBHOOK_TOKEN: `WEBHOOK_TOKEN must have at least ${MIN_TOKEN_CHARACTERS} characters, without spaces. Leave it out for "${DEVELOPMENT_TOKEN}", or with a real Braze for a random one.`,
  BRAZE_REST_ENDPOINT:
    'BRAZE_REST_ENDPOINT must be the https URL of a Braze REST endpoint under braze.com or braze.eu, such as https://rest.iad-01.braze.com, or http on 127.0.0.1, localhost or [::1]; without a path or a query.',
  BRAZE_API_KEY:
    'BRAZE_API_KEY must be a Braze REST API key with the permission users.track, without spaces.',
}

/** The variable behind each part of the worker's secret. */
const VARIABLES: Record<string, string> = { restEndpoint: 'BRAZE_REST_ENDPOINT', apiKey: 'BRAZE_API_KEY' }

const BOTH_OR_NEITHER =
  'BRAZE_REST_ENDPOINT and BRAZE_API_KEY belong together. Set both to send to a real Braze, or neither for the simulator.'

export type LocalSettings = {
  /** 0 for any free port. */
  port: number
  /** 0 for any free port. */
  simulatorPort: number
  /** The token of the default connection. Without it, each connection has a random one. */
  token?: string
  /** An absolute path. */
  stateDir: string
  /** The real Braze to send to. Without it, the simulator is used. */
  braze?: { restEndpoint: string; apiKey: string }
}

/** @returns the settings, or one sentence for each variable that must be changed. */
export function readLocalSettings(
  env: Record<string, string | undefined>,
): { ok: true; settings: LocalSettings } | { ok: false; problems: string[] } {
  /** `PORT= npm start` means the same as leaving the variable out. */
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const { data, error } = Environment.safeParse(given)
  if (error) return { ok: false, problems: adviceOn(error, (name) => name) }
  const { PORT = DEFAULT_PORT, WEBHOOK_TOKEN, STATE_DIR, BRAZE_REST_ENDPOINT, BRAZE_API_KEY } = data
  const settings = {
    port: PORT,
    simulatorPort: data.SIMULATOR_PORT ?? portAbove(PORT, SIMULATOR_PORT_OFFSET),
    stateDir: resolve(STATE_DIR ?? DEFAULT_STATE_DIR),
  }
  if (BRAZE_REST_ENDPOINT === undefined && BRAZE_API_KEY === undefined)
    return { ok: true, settings: { ...settings, token: WEBHOOK_TOKEN ?? DEVELOPMENT_TOKEN } }
  if (BRAZE_REST_ENDPOINT === undefined || BRAZE_API_KEY === undefined)
    return { ok: false, problems: [BOTH_OR_NEITHER] }
  const braze = BrazeSecret.safeParse({ restEndpoint: BRAZE_REST_ENDPOINT, apiKey: BRAZE_API_KEY })
  if (braze.error) return { ok: false, problems: adviceOn(braze.error, (part) => VARIABLES[part] ?? part) }
  // Whoever knows the development token could write to a real Braze, so there it is not a default.
  const token = WEBHOOK_TOKEN === undefined ? {} : { token: WEBHOOK_TOKEN }
  return { ok: true, settings: { ...settings, ...token, braze: braze.data } }
}

/** @returns a port derived from the port for senders; 0, which is any free port, if there is no such port. */
export const portAbove = (port: number, offset: number) =>
  port === 0 || port + offset > HIGHEST_PORT ? 0 : port + offset

function adviceOn({ issues }: z.core.$ZodError, variableOf: (part: string) => string): string[] {
  const names = new Set(issues.map(({ path }) => variableOf(String(path[0]))))
  return [...names].map((name) => ADVICE[name] ?? name)
}

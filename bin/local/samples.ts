import { readFileSync } from 'node:fs'
import { Connections } from '../../functions/shared/connection.ts'
import type { RequestOptions } from '../ops/sent-file/request-options.ts'

const FIXTURES = new URL('../../test/fixtures/', import.meta.url)

export type SampleRequest = Pick<RequestOptions, 'endpoint' | 'connection'> & { file: string; body: string }

/** The connection of the sample input. Only the local run has it, so no deployment inherits its settings. */
export const SAMPLE_CONNECTION = 'sample'

/** The sample input, in the order in which it is sent. */
const SAMPLES = [
  { file: 'activation.json', endpoint: 'activations' },
  { file: 'events.ndjson', endpoint: 'events' },
  { file: 'activation.csv', endpoint: 'activations' },
  { file: 'mixed-bad.json', endpoint: 'records' },
] as const

export const readSamples = (): SampleRequest[] =>
  SAMPLES.map((sample) => ({
    ...sample,
    connection: SAMPLE_CONNECTION,
    body: readFileSync(new URL(sample.file, FIXTURES), 'utf8'),
  }))

/**
 * Every cell of a CSV is text, so its columns need types to become anything else. `account` stays text, because its
 * zeros matter.
 */
const SAMPLE_COLUMNS = {
  account: { type: 'string' },
  expiry: { type: 'date_ms' },
  lifetime_value: { type: 'number' },
}

/** Adds the connection of the sample input, unless there already is a connection of that name. */
export const withSampleConnection = (connections: Connections): Connections => ({
  ...Connections.parse({ [SAMPLE_CONNECTION]: { columns: SAMPLE_COLUMNS } }),
  ...connections,
})

/**
 * The braze_ids in the sample input. A `braze_id` cannot create a profile, so the simulator has these
 * profiles from the start.
 */
export const SAMPLE_BRAZE_IDS = ['5fbd99bac125ca40511f2cb2']

import { readFileSync } from 'node:fs'

const FIXTURES = new URL('../../test/fixtures/', import.meta.url)

export type SampleRequest = { file: string; endpoint: string; body: string }

/** The sample input, in the order in which it is sent. */
const SAMPLES = [
  { file: 'activation.json', endpoint: 'activations' },
  { file: 'events.ndjson', endpoint: 'events' },
  { file: 'activation.csv', endpoint: 'activations' },
  { file: 'mixed-bad.json', endpoint: 'records' },
]

export const readSamples = (): SampleRequest[] =>
  SAMPLES.map((sample) => ({ ...sample, body: readFileSync(new URL(sample.file, FIXTURES), 'utf8') }))

/**
 * The braze_ids in the sample input. A `braze_id` cannot create a profile, so the simulator has these
 * profiles from the start.
 */
export const SAMPLE_BRAZE_IDS = ['5fbd99bac125ca40511f2cb2']

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

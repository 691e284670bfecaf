import type { Usage } from '../../../bin/cost/usage.ts'

/** The usage of a million rows in requests of a thousand rows each, in round figures. */
export const USAGE: Usage = {
  lanes: 10,
  'concurrency of profiles': 6,
  'requests a second of profiles': 30,
  'concurrency of events': 2,
  'requests a second of events': 20,
  'requests a second of the API': 50,
  'rows a request': 1_000,
  'rows a second': 2_000,
  'HTTP API requests': 2_000,
  'answered bytes': 1e6,
  'receiver invocations': 1_000,
  'receiver waits': 5_000,
  'receiver processor': 20_000,
  'receiver log bytes': 4e6,
  'SQS requests': 12_000,
  messages: 8_000,
  'worker invocations': 2_000,
  'worker waits': 2_400_000,
  'worker processor': 40_000,
  'worker log bytes': 5.749e6,
  'requests to Braze of profiles': 10_000,
  'requests to Braze of events': 4_000,
  'bytes to Braze': 199e6,
  'custom metrics': 15,
}

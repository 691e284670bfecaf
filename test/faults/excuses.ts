import type { FaultRun } from './run.ts'

/**
 * Whether a verdict may have been lost. A verdict that was not parked yet is lost with its environment, or
 * when SQS fails while it is being parked. A record that was parked is parked again if its message comes back
 * after the five minutes in which SQS deduplicates the dead letter.
 */
export const losesVerdicts = ({ kills, undeleted, scenario }: FaultRun) =>
  kills + undeleted > 0 ||
  (scenario.concurrency > 1 && scenario.queueFaults.length + scenario.parkingFaults.length > 0)

/** Whether Braze's answers leave open which events arrived. */
export const isUnclear = ({ scenario: { indexes, brazeFaults } }: FaultRun) =>
  indexes === 'missing' ||
  indexes === 'out of range' ||
  brazeFaults.some(({ fault }) => 'status' in fault && fault.status === 201)

/** After an outage of 7 days, SQS may have handed out a message 1,000 times and moves it by itself. */
const DAYS_OF_RECEIVES = 7

export const outlastsReceives = ({ scenario: { outage } }: FaultRun) =>
  (outage?.minutes ?? 0) > DAYS_OF_RECEIVES * 24 * 60

import type { FaultRun } from './run.ts'

/**
 * A verdict that was not parked yet is forgotten with its environment: by a kill, or when SQS cuts the parking off; one that was parked
 * is parked anew when its message comes back after the five minutes in which SQS recognises the letter.
 */
export const losesVerdicts = ({ kills, undeleted, scenario }: FaultRun) =>
  kills + undeleted > 0 ||
  (scenario.concurrency > 1 && scenario.queueFaults.length + scenario.parkingFaults.length > 0)

/** Braze's answers leave it open which events arrived. */
export const isUnclear = ({ scenario: { indexes, brazeFaults } }: FaultRun) =>
  indexes === 'missing' ||
  indexes === 'out of range' ||
  brazeFaults.some(({ fault }) => 'status' in fault && fault.status === 201)

/** After so many days of trouble SQS may have handed a message out 1,000 times, and moves it by itself. */
const DAYS_OF_RECEIVES = 7

export const outlastsReceives = ({ scenario: { outage } }: FaultRun) =>
  (outage?.minutes ?? 0) > DAYS_OF_RECEIVES * 24 * 60

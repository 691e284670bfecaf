/** Where an operator reads what to do, in this repository. */
export const RUNBOOK = 'docs/runbook.md'

/** The headings of the runbook that belong to alarms: each is there, and each has an alarm. */
export const ALARM_HEADINGS = [
  'Dead letters wait',
  'Dead letters grow old',
  'Messages wait too long',
  'Messages grow old',
  'Braze fails',
  'Braze tells to slow down',
  'Everything is held',
  'The worker fails',
  'The exporter fails',
  'A function is throttled',
  'The bridge answers 5xx',
  'The bridge answers slowly',
  'Credentials are rejected',
  'Nothing is received',
  'Personal data in a log',
] as const
export type AlarmHeading = (typeof ALARM_HEADINGS)[number]

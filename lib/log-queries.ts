/**
 * The queries to CloudWatch Logs Insights. `npm run ops -- status` runs them, and the stack saves the same
 * ones in the console for an operator. They select log lines by `message`.
 */

/** Placeholder in a query: replace it with the run, as the sender named it, between the quotes. */
export const RUN_PLACEHOLDER = 'PUT-THE-RUN-HERE'

/** Placeholder for the name that `npm run ops -- status --person` gives a person: 16 hexadecimal digits. */
export const PERSON_PLACEHOLDER = 'PUT-THE-PERSON-HERE'

/** Finds Braze's last answer. */
export const LAST_BRAZE_ANSWER_QUERY = `fields @timestamp, status, kind, ms
| filter message = "braze answered"
| sort @timestamp desc
| limit 1`

/**
 * Shows how far a run has got. Lines of the stage `accepted` come from the receiver, and their `parked` rows
 * were never queued. Lines of the stage `delivered` come from the worker. The number of rows still under way
 * is accepted − delivered − what the worker parked.
 */
export const RUN_QUERY = `filter message = "run progress" and run = "${RUN_PLACEHOLDER}"
| stats sum(accepted) as acceptedRows, sum(delivered) as deliveredRows, sum(parked) as parkedRows, min(@timestamp) as firstAt, max(@timestamp) as lastAt by stage, connection, kind
| limit 1000`

/** Shows the same by audience. A row that is in two audiences counts in both. */
export const AUDIENCES_OF_RUN_QUERY = `filter message = "audience progress" and run = "${RUN_PLACEHOLDER}"
| stats sum(accepted) as acceptedRows, sum(delivered) as deliveredRows, sum(parked) as parkedRows by audience, stage
| sort audience asc, stage asc
| limit 10000`

/** Lists every run of the chosen time. */
export const RUNS_QUERY = `filter message = "run progress"
| stats sum(accepted) as acceptedRows, sum(delivered) as deliveredRows, sum(parked) as parkedRows, min(@timestamp) as firstAt, max(@timestamp) as lastAt by run, stage, connection, kind
| sort lastAt desc
| limit 1000`

/**
 * Finds the lines that name one person: requests of at most ten rows, and records that the worker parked.
 */
export const PERSON_QUERY = `fields @timestamp, message, requestId, endpoint, connection, status, accepted, rejected, code, kind, run
| filter @message like "${PERSON_PLACEHOLDER}"
| sort @timestamp asc
| limit 1000`

/**
 * Lists what was parked, and why. The receiver logs rows by request and code. The worker logs record by
 * record, at most 20 per invocation.
 */
export const PARKED_QUERY = `fields @timestamp, code, connection, kind, run, rows, requestId, messageId, index
| filter message = "parked"
| sort @timestamp desc
| limit 1000`

/** Counts requests that were not accepted, by what was wrong with them. */
export const FAILED_REQUESTS_QUERY = `filter message = "request" and status >= 400
| stats count(*) as requests, max(@timestamp) as lastAt by status, problem, endpoint, connection
| sort requests desc
| limit 1000`

/** Lists the senders' requests that took longest, in milliseconds. */
export const SLOWEST_REQUESTS_QUERY = `fields @timestamp, ms, cold_start, endpoint, connection, status, received, accepted, rejected, requestId
| filter message = "request"
| sort ms desc
| limit 100`

/**
 * Adds up what was parked, by reason. The receiver's lines hold `rows`. The worker's lines hold one record
 * each, and there are at most 20 per invocation.
 */
export const PARKED_BY_CODE_QUERY = `fields coalesce(rows, 1) as many
| filter message = "parked"
| stats sum(many) as parked, max(@timestamp) as lastAt by code, connection, kind
| sort parked desc
| limit 1000`

/** Shows what Braze answered, and how long it took, in milliseconds. */
export const BRAZE_ANSWERS_QUERY = `filter message = "braze answered"
| stats count(*) as requests, pct(ms, 50) as p50, pct(ms, 99) as p99, max(@timestamp) as lastAt by status, kind
| sort requests desc
| limit 1000`

/**
 * Lists what a person should see: the functions' errors and warnings, and what Lambda itself reports, such as
 * a timeout.
 */
export const ERRORS_QUERY = `fields @timestamp, level, service, message, code, hint, error, type, record.status
| filter level in ["WARN", "ERROR", "CRITICAL"] or type like /^platform/
| sort @timestamp desc
| limit 1000`

/**
 * The queries that the stack saves in the console, with each query's name there and the functions whose logs
 * it reads.
 */
export const SAVED_QUERIES = [
  { name: 'Has a run arrived', functions: ['receiver', 'worker'], query: RUN_QUERY },
  { name: 'Audiences of a run', functions: ['receiver', 'worker'], query: AUDIENCES_OF_RUN_QUERY },
  { name: 'All runs', functions: ['receiver', 'worker'], query: RUNS_QUERY },
  { name: 'What became of a person', functions: ['receiver', 'worker'], query: PERSON_QUERY },
  { name: 'What was parked', functions: ['receiver', 'worker'], query: PARKED_QUERY },
  { name: 'Parked, by reason', functions: ['receiver', 'worker'], query: PARKED_BY_CODE_QUERY },
  { name: 'Requests that were refused', functions: ['receiver'], query: FAILED_REQUESTS_QUERY },
  { name: 'Slowest requests', functions: ['receiver'], query: SLOWEST_REQUESTS_QUERY },
  { name: 'What Braze answers', functions: ['worker'], query: BRAZE_ANSWERS_QUERY },
  { name: 'Trouble', functions: ['receiver', 'worker', 'exporter'], query: ERRORS_QUERY },
] as const satisfies readonly {
  name: string
  functions: readonly ('receiver' | 'worker' | 'exporter')[]
  query: string
}[]

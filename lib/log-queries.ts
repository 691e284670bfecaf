/**
 * What is asked of the log in CloudWatch Logs Insights: by `npm run ops -- status`, and by an operator in the console,
 * where the stack saves the same queries. They look at the log lines by their `message`.
 */

/** Stands where a query needs something of whoever asks: put the run, as the sender named it, between the quotes. */
export const RUN_PLACEHOLDER = 'PUT-THE-RUN-HERE'

/** What `npm run ops -- status --person` calls a person: 16 hexadecimal digits. */
export const PERSON_PLACEHOLDER = 'PUT-THE-PERSON-HERE'

/** What Braze answered last. */
export const LAST_BRAZE_ANSWER_QUERY = `fields @timestamp, status, kind, ms
| filter message = "braze answered"
| sort @timestamp desc
| limit 1`

/**
 * How far a run has come. Lines of the stage `accepted` come from the receiver, and their `parked` rows were never
 * queued; those of the stage `delivered` come from the worker. Under way is accepted − delivered − what the worker
 * parked.
 */
export const RUN_QUERY = `filter message = "run progress" and run = "${RUN_PLACEHOLDER}"
| stats sum(accepted) as acceptedRows, sum(delivered) as deliveredRows, sum(parked) as parkedRows, min(@timestamp) as firstAt, max(@timestamp) as lastAt by stage, connection, kind
| limit 1000`

/** The same by audience. A row that is in two audiences counts in both. */
export const AUDIENCES_OF_RUN_QUERY = `filter message = "audience progress" and run = "${RUN_PLACEHOLDER}"
| stats sum(accepted) as acceptedRows, sum(delivered) as deliveredRows, sum(parked) as parkedRows by audience, stage
| sort audience asc, stage asc
| limit 10000`

/** Every run of the chosen time. */
export const RUNS_QUERY = `filter message = "run progress"
| stats sum(accepted) as acceptedRows, sum(delivered) as deliveredRows, sum(parked) as parkedRows, min(@timestamp) as firstAt, max(@timestamp) as lastAt by run, stage, connection, kind
| sort lastAt desc
| limit 1000`

/** The lines that name one person: requests of at most ten rows, and records that the worker parked. */
export const PERSON_QUERY = `fields @timestamp, message, requestId, endpoint, connection, status, accepted, rejected, code, kind, run
| filter @message like "${PERSON_PLACEHOLDER}"
| sort @timestamp asc
| limit 1000`

/** What was parked, and why: the receiver tells rows by request and code, the worker record by record, 20 an invocation. */
export const PARKED_QUERY = `fields @timestamp, code, connection, kind, run, rows, requestId, messageId, index
| filter message = "parked"
| sort @timestamp desc
| limit 1000`

/** Requests that were not taken, by what was wrong with them. */
export const REFUSED_REQUESTS_QUERY = `filter message = "request" and status >= 400
| stats count(*) as requests, max(@timestamp) as lastAt by status, problem, endpoint, connection
| sort requests desc
| limit 1000`

/** Requests of senders that took longest, in milliseconds. */
export const SLOWEST_REQUESTS_QUERY = `fields @timestamp, ms, cold_start, endpoint, connection, status, received, accepted, rejected, requestId
| filter message = "request"
| sort ms desc
| limit 100`

/** How much was parked by reason: the receiver's lines hold `rows`, the worker's one record each, at most 20 an invocation. */
export const PARKED_BY_CODE_QUERY = `fields coalesce(rows, 1) as many
| filter message = "parked"
| stats sum(many) as parked, max(@timestamp) as lastAt by code, connection, kind
| sort parked desc
| limit 1000`

/** What Braze answered, and how long it took, in milliseconds. */
export const BRAZE_ANSWERS_QUERY = `filter message = "braze answered"
| stats count(*) as requests, pct(ms, 50) as p50, pct(ms, 99) as p99, max(@timestamp) as lastAt by status, kind
| sort requests desc
| limit 1000`

/** What a person should see: the functions' errors and warnings, and what Lambda itself reports, as a time-out. */
export const TROUBLE_QUERY = `fields @timestamp, level, service, message, code, hint, error, type, record.status
| filter level in ["WARN", "ERROR", "CRITICAL"] or type like /^platform/
| sort @timestamp desc
| limit 1000`

/** What the stack saves in the console: each query's name there, and the functions whose log it is asked of. */
export const SAVED_QUERIES = [
  { name: 'Has a run arrived', functions: ['receiver', 'worker'], query: RUN_QUERY },
  { name: 'Audiences of a run', functions: ['receiver', 'worker'], query: AUDIENCES_OF_RUN_QUERY },
  { name: 'All runs', functions: ['receiver', 'worker'], query: RUNS_QUERY },
  { name: 'What became of a person', functions: ['receiver', 'worker'], query: PERSON_QUERY },
  { name: 'What was parked', functions: ['receiver', 'worker'], query: PARKED_QUERY },
  { name: 'Parked, by reason', functions: ['receiver', 'worker'], query: PARKED_BY_CODE_QUERY },
  { name: 'Requests that were refused', functions: ['receiver'], query: REFUSED_REQUESTS_QUERY },
  { name: 'Slowest requests', functions: ['receiver'], query: SLOWEST_REQUESTS_QUERY },
  { name: 'What Braze answers', functions: ['worker'], query: BRAZE_ANSWERS_QUERY },
  { name: 'Trouble', functions: ['receiver', 'worker', 'exporter'], query: TROUBLE_QUERY },
] as const satisfies readonly {
  name: string
  functions: readonly ('receiver' | 'worker' | 'exporter')[]
  query: string
}[]

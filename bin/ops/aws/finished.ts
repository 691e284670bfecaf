import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { FinishedLine, type FinishedMessage } from '../../../functions/shared/finished-line.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import { WORKED } from '../../../functions/shared/log.ts'

/**
 * Reads the worker's log lines about finished messages, page by page. An empty page is not necessarily the
 * last one (CloudWatch Logs API reference, FilterLogEvents).
 * @param startTime milliseconds since the epoch.
 */
export async function finishedInLog(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
): Promise<FinishedMessage[]> {
  const finished: FinishedMessage[] = []
  let nextToken: string | undefined
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime,
        filterPattern: `{ $.message = "${WORKED}" }`,
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    for (const { message = '' } of page.events ?? [])
      finished.push(...(FinishedLine.safeParse(parseJson(message)).data?.finished ?? []))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return finished
}

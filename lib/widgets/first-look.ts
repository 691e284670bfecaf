import { AlarmStatusWidget, type IAlarm, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { logConsoleUrl, queueConsoleUrl, secretConsoleUrl } from '../console-url.ts'
import { ALARM_HEADINGS, RUNBOOK } from '../runbook.ts'
import type { Secrets } from '../secrets.ts'
import type { Watched } from './watched.ts'

const HEIGHT = 10
const HALF = 12

/** What to look at first, where to go from there, and which alarms ring. */
export const firstLookWidgets = (
  watched: Watched,
  secrets: Secrets,
  alarms: readonly IAlarm[],
): IWidget[][] => [
  [
    new TextWidget({ markdown: firstLook(watched, secrets), width: HALF, height: HEIGHT }),
    new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: HALF, height: HEIGHT }),
  ],
]

const firstLook = ({ settings, queues, receiver, worker, exporter, api }: Watched, secrets: Secrets) => `
# ${settings.stackName}

1. **Do rows come in, and does as much come out?** *Rows*. If nothing comes in, look at *Requests of senders*.
2. **Does something wait?** *Backlog* and *Age of the oldest message*. If so, *Answers of Braze* tells why: \
401, 403, 404 hold everything until a person mends something; 429, 5xx and none drain by themselves.
3. **Was something parked?** *Dead letters*, and *Parked, by reason*.

Queues: ${links({
  profiles: queueConsoleUrl(queues.profiles.queue),
  events: queueConsoleUrl(queues.events.queue),
  'dead letters of profiles': queueConsoleUrl(queues.profiles.deadLetters),
  'dead letters of events': queueConsoleUrl(queues.events.deadLetters),
})}

Logs: ${links({
  receiver: logConsoleUrl(receiver.logGroup),
  worker: logConsoleUrl(worker.logGroup),
  exporter: logConsoleUrl(exporter.logGroup),
  API: logConsoleUrl(api.accessLog),
})}; the saved queries stand in Logs Insights under *Queries*, ${settings.stackName}

Secrets: ${links({ 'Braze key': secretConsoleUrl(secrets.braze), 'inbound token': secretConsoleUrl(secrets.inbound) })}

What to do: ${RUNBOOK} of the repository, under the heading that the alarm names: ${ALARM_HEADINGS.join(' | ')}
`

const links = (urls: Readonly<Record<string, string>>) =>
  Object.entries(urls)
    .map(([name, url]) => `[${name}](${url})`)
    .join(' | ')

import { Duration } from 'aws-cdk-lib'
import { Dashboard, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { bridgeMetrics } from './bridge-metrics.ts'
import type { Secrets } from './secrets.ts'
import { brazeWidgets } from './widgets/braze.ts'
import { costWidgets } from './widgets/cost.ts'
import { firstLookWidgets } from './widgets/first-look.ts'
import { flowWidgets } from './widgets/flow.ts'
import { functionWidgets } from './widgets/functions.ts'
import { intakeWidgets } from './widgets/intake.ts'
import { queueWidgets } from './widgets/queues.ts'
import type { Watched } from './widgets/watched.ts'

/** A night. */
const SHOWN = Duration.hours(12)

export type BridgeDashboardProps = Omit<Watched, 'metrics'> & {
  dashboardName: string
  secrets: Secrets
  alarms: readonly IAlarm[]
}

/** One page that says how the stack is, from the question asked first down to what it costs. */
export class BridgeDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: BridgeDashboardProps) {
    const { dashboardName, secrets, alarms, ...rest } = props
    const watched = { ...rest, metrics: bridgeMetrics(rest.settings.stackName) }
    super(scope, id, {
      dashboardName,
      defaultInterval: SHOWN,
      widgets: [
        ...firstLookWidgets(watched, secrets, alarms),
        ...flowWidgets(watched),
        ...queueWidgets(watched),
        ...brazeWidgets(watched),
        ...intakeWidgets(watched),
        ...functionWidgets(watched),
        ...costWidgets(watched),
      ],
    })
  }
}

import { Duration } from 'aws-cdk-lib'
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { BridgeAlarm } from '../alarms/alarm.ts'
import type { Functions } from '../functions.ts'
import { SAVED_QUERIES } from '../log-queries.ts'
import { bridgeMetrics } from '../metrics.ts'
import type { Secrets } from '../secrets.ts'
import type { DashboardContext } from './graphs.ts'
import { brazeWidgets, costWidgets, functionWidgets } from './operation.ts'
import { firstLookWidgets, flowWidgets, intakeWidgets, queueWidgets } from './traffic.ts'

/** By default, the dashboard shows a night. */
const DEFAULT_INTERVAL = Duration.hours(12)

export type BridgeDashboardProps = Omit<DashboardContext, 'metrics'> & {
  dashboardName: string
  secrets: Secrets
  alarms: readonly BridgeAlarm[]
}

/** One page that shows how the stack is, from the question asked first down to what it costs. */
export class BridgeDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: BridgeDashboardProps) {
    const { dashboardName, secrets, alarms, ...rest } = props
    const context = { ...rest, metrics: bridgeMetrics(rest.settings.stackName) }
    super(scope, id, {
      dashboardName,
      defaultInterval: DEFAULT_INTERVAL,
      widgets: [
        ...firstLookWidgets(context, secrets, alarms),
        ...flowWidgets(context),
        ...queueWidgets(context),
        ...brazeWidgets(context),
        ...intakeWidgets(context),
        ...functionWidgets(context),
        ...costWidgets(context),
      ],
    })
  }
}

export type SavedQueriesProps = {
  stackName: string
  functions: Functions
}

/**
 * Saves the queries that are ready for use in the console, in a folder with the stack's name (the part before
 * the `/`).
 */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { stackName, functions }: SavedQueriesProps) {
    super(scope, id)
    for (const { name, functions: read, query } of SAVED_QUERIES)
      new CfnQueryDefinition(this, name, {
        name: `${stackName}/${name}`,
        queryString: query,
        logGroupNames: read.flatMap((functionName) => functions[functionName]?.logGroup.logGroupName ?? []),
      })
  }
}

import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { SAVED_QUERIES } from './insights-queries.ts'

export type SavedQueriesProps = {
  stackName: string
  logGroups: Readonly<Record<(typeof SAVED_QUERIES)[number]['functions'][number], ILogGroup>>
}

/** The questions to the log that stand ready in the console, in a folder of the stack's name (the part before the `/`). */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { stackName, logGroups }: SavedQueriesProps) {
    super(scope, id)
    for (const { name, functions, query } of SAVED_QUERIES)
      new CfnQueryDefinition(this, name, {
        name: `${stackName}/${name}`,
        queryString: query,
        logGroupNames: functions.map((of) => logGroups[of].logGroupName),
      })
  }
}

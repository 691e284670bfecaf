import { join } from 'node:path'
import { type Duration, Validations } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { Construct } from 'constructs'
import { type DataRetention, ProtectedLogGroup } from './retention.ts'
import type { Settings } from './settings.ts'

/**
 * Parts that the SDK imports only when it needs them, which never happens here. They would be a quarter of each
 * bundle. Lambda gives a function its credentials in the environment, where the SDK looks first, so no other
 * provider of credentials is asked. No operation that is called here streams events.
 */
const UNUSED_PARTS_OF_SDK = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/nested-clients',
  '@aws-sdk/token-providers',
  '@smithy/core/event-streams',
  '@smithy/credential-provider-imds',
]

export type BundledFunctionProps = {
  /** The folder under `functions` whose `handler.ts` exports `handler`. */
  folder: string
  description: string
  environment: Record<string, string>
  memoryMb: number
  timeout: Duration
  settings: Pick<Settings, 'logRetentionDays' | 'tracing'>
  dataRetention: DataRetention
}

/**
 * A function with its own log group and its own role. The role may write that log, and nothing else until it
 * is granted more.
 */
export class BundledFunction extends Construct {
  readonly function: NodejsFunction
  readonly logGroup: ProtectedLogGroup

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id)
    const { logRetentionDays, tracing } = props.settings
    this.logGroup = new ProtectedLogGroup(this, 'Logs', {
      retention: logRetentionDays,
      dataRetention: props.dataRetention,
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    this.logGroup.grantWrite(role)
    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: join(import.meta.dirname, '..', 'functions', props.folder, 'handler.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      environment: props.environment,
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        // The SDK's ES modules are smaller, and its CommonJS modules fail on `require` inside an ES module.
        mainFields: ['module', 'main'],
        minify: true,
        // The bundled SDK starts faster than the runtime's own copy, and it is the version that was tested.
        bundleAwsSDK: true,
        externalModules: UNUSED_PARTS_OF_SDK,
      },
    })
    Validations.of(this.function).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'It serves asynchronous invocations only; API Gateway and the SQS event source wait for the answer.',
    })
    if (tracing)
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray takes traces without a resource to name: xray:PutTraceSegments knows only *.',
      })
    else
      Validations.of(this.function).acknowledge({
        id: 'Serverless-LambdaTracing',
        reason:
          'Metrics and the log tell how long each step took, and a trace costs a trickle of events a third more.',
      })
  }
}

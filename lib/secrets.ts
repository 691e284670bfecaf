import { SecretValue, Validations } from 'aws-cdk-lib'
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type * as z from 'zod'
import { DEFAULT_CONNECTION } from '../functions/shared/connection.ts'
import { BRAZE_KEY_PLACEHOLDER, type InboundSecret, type LogKey } from '../functions/shared/secrets.ts'
import type { DataRetention } from './retention.ts'

/**
 * A token has only letters and digits, which every sender's header field accepts. 48 of them are 285 bits.
 */
const TOKEN_LENGTH = 48
const TOKEN_KEY = 'token' satisfies keyof z.input<typeof InboundSecret>
const LOG_KEY = 'key' satisfies keyof z.input<typeof LogKey>

/** Any instance, so that the operator sees the form that the value must have. */
const EXAMPLE_REST_ENDPOINT = 'https://rest.iad-01.braze.com'

export type SecretsProps = {
  stackName: string
  connections: readonly string[]
  /** Whether the exporter has a Braze key of its own. */
  separateExportKey: boolean
  dataRetention: DataRetention
}

/**
 * The inbound token and the log key, which AWS generates, and the Braze key, which a person fills in. AWS
 * names these secrets, so that a stack can be created again while its deleted secrets wait for their end. The
 * secrets of further connections are named after them, because fifty generated names would not fit into a
 * function's environment.
 */
export class Secrets extends Construct {
  /** The default connection's secret. */
  readonly inbound: Secret
  /** The secret of every connection, including the default one. */
  readonly inboundByConnection: ReadonlyMap<string, Secret>
  readonly braze: Secret
  /** The Braze key of the exporter, which is the same secret unless the settings separate them. */
  readonly brazeExport: Secret
  /** The key that people are hashed with in the log. */
  readonly logKey: Secret

  constructor(scope: Construct, id: string, props: SecretsProps) {
    super(scope, id)
    const { stackName, connections, separateExportKey, dataRetention } = props
    this.inbound = inboundSecret(this, 'Inbound', { stackName, ...dataRetention })
    this.inboundByConnection = new Map([
      [DEFAULT_CONNECTION, this.inbound],
      ...connections
        .filter((name) => name !== DEFAULT_CONNECTION)
        .map((name) => {
          const secretName = inboundSecretPrefix(stackName) + name
          return [
            name,
            inboundSecret(this, `Inbound-${name}`, { stackName, secretName, ...dataRetention }),
          ] as const
        }),
    ])
    const ofBraze = (id: string, purpose: string) =>
      brazeSecret(this, id, { description: `${stackName}: ${purpose}`, ...dataRetention })
    this.braze = ofBraze('Braze', 'the Braze REST API key and the REST endpoint of its instance')
    this.brazeExport = separateExportKey
      ? ofBraze('BrazeExport', 'the Braze REST API key that only reads profiles, and the REST endpoint')
      : this.braze
    this.logKey = new Secret(this, 'LogKey', {
      description: `${stackName}: what people are hashed with in the log`,
      generateSecretString: generated(LOG_KEY),
      ...dataRetention,
    })
    Validations.of(this.logKey).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'With a new key, nobody could be followed through the lines before it; what it hashes expires.',
    })
  }
}

/** Makes AWS generate a JSON secret with this one member. */
const generated = (generateStringKey: string): SecretStringGenerator => ({
  secretStringTemplate: '{}',
  generateStringKey,
  passwordLength: TOKEN_LENGTH,
  excludePunctuation: true,
})

function brazeSecret(scope: Construct, id: string, props: { description: string } & DataRetention): Secret {
  const secret = new Secret(scope, id, {
    ...props,
    secretObjectValue: {
      apiKey: SecretValue.unsafePlainText(BRAZE_KEY_PLACEHOLDER),
      restEndpoint: SecretValue.unsafePlainText(EXAMPLE_REST_ENDPOINT),
    },
  })
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'Braze has no API that makes a key, so only a person can rotate it.',
  })
  return secret
}

/** The name of a connection's secret is this prefix followed by the connection's name. */
export const inboundSecretPrefix = (stackName: string) => `${stackName}/connections/`

function inboundSecret(
  scope: Construct,
  id: string,
  { stackName, ...props }: { stackName: string; secretName?: string } & DataRetention,
): Secret {
  // A change to what a secret is created with makes CloudFormation write it again, over the values in use.
  const secret = new Secret(scope, id, {
    ...props,
    description: `${stackName}: what the sender authenticates with: {"token", "previousToken"?}`,
    generateSecretString: generated(TOKEN_KEY),
  })
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'The sender holds the same token, so only a person can rotate it; two tokens are live meanwhile.',
  })
  return secret
}

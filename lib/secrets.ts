import { type RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type * as z from 'zod'
import { BRAZE_KEY_PLACEHOLDER, type InboundSecret } from '../functions/shared/secrets.ts'

/** Letters and digits: what every sender's header field takes. 48 of them are 285 bits. */
const TOKEN_LENGTH = 48
const TOKEN_KEY = 'token' satisfies keyof z.input<typeof InboundSecret>

/** Some instance, so that the operator sees the form the value must have. */
const EXAMPLE_REST_ENDPOINT = 'https://rest.iad-01.braze.com'

export type SecretsProps = { stackName: string; removalPolicy: RemovalPolicy }

/**
 * The inbound token, which AWS generates, and the Braze key, which a person fills in.
 * AWS names them, so that a stack can be made again while its deleted secrets wait for their end.
 */
export class Secrets extends Construct {
  readonly inbound: Secret
  readonly braze: Secret

  constructor(scope: Construct, id: string, { stackName, removalPolicy }: SecretsProps) {
    super(scope, id)
    // A change of what a secret is created with makes CloudFormation write it anew, over the values in use.
    this.inbound = new Secret(this, 'Inbound', {
      description: `${stackName}: what the sender authenticates with: {"token", "previousToken"?}`,
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: TOKEN_KEY,
        passwordLength: TOKEN_LENGTH,
        excludePunctuation: true,
      },
      removalPolicy,
    })
    this.braze = new Secret(this, 'Braze', {
      description: `${stackName}: the Braze REST API key and the REST endpoint of its instance`,
      secretObjectValue: {
        apiKey: SecretValue.unsafePlainText(BRAZE_KEY_PLACEHOLDER),
        restEndpoint: SecretValue.unsafePlainText(EXAMPLE_REST_ENDPOINT),
      },
      removalPolicy,
    })
    Validations.of(this.inbound).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The sender holds the same token, so only a person can rotate it; two tokens are live meanwhile.',
    })
    Validations.of(this.braze).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Braze has no API that makes a key, so only a person can rotate it.',
    })
  }
}

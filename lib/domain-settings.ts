import * as z from 'zod'

/**
 * The schema of the ARN of a resource outside the stack (IAM user guide, "Amazon Resource Names").
 * @param resource what follows the account.
 * @param what what the resource must be, for the error message.
 */
export const arn = (service: string, resource: RegExp, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource.source}$`),
      `the ARN of ${what}`,
    )

const hostName = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name in small letters')
const certificateArn = arn('acm', /certificate\/.+/, 'a certificate in ACM, in the region of the stack')

/** A custom domain for the webhook. */
export const Domain = z
  .strictObject({
    name: hostName,
    certificateArn,
    /**
     * If Route 53 hosts the name, the stack makes the alias too. Otherwise an output says what to set in DNS.
     */
    hostedZone: z
      .strictObject({ id: z.string().regex(/^Z[A-Z0-9]+$/, 'the id of a hosted zone'), name: hostName })
      .optional(),
  })
  .superRefine(({ name, hostedZone }, context) => {
    if (!hostedZone || name === hostedZone.name || name.endsWith(`.${hostedZone.name}`)) return
    context.addIssue({
      code: 'custom',
      path: ['hostedZone', 'name'],
      message: `${name} is no name in the zone ${hostedZone.name}`,
    })
  })
export type Domain = z.infer<typeof Domain>

/**
 * Lets only those senders through to the webhook whose certificate the truststore vouches for. They still
 * have to authenticate there (API Gateway developer guide, "Mutual TLS authentication for an HTTP API").
 */
export const MutualTls = z.strictObject({
  /** A bucket in the region of the stack, which whoever deploys may read. */
  truststoreBucket: z.string().min(3),
  truststoreKey: z.string().min(1),
  /**
   * The version of the object. API Gateway reads the truststore once: without a version here, it does not
   * notice a new one.
   */
  truststoreVersion: z.string().min(1).optional(),
  /**
   * A public ACM certificate for the same name, if the domain's own was imported or is from a private
   * authority.
   */
  ownershipCertificateArn: certificateArn.optional(),
})
export type MutualTls = z.infer<typeof MutualTls>

import * as z from 'zod'
import { arn } from './arn.ts'

const hostName = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name in small letters')
const certificateArn = arn('acm', /certificate\/.+/, 'a certificate in ACM, in the region of the stack')

/** A name of one's own for the webhook. */
export const Domain = z
  .strictObject({
    name: hostName,
    certificateArn,
    /** Where Route 53 keeps the name, the alias is made too; otherwise an output says what to set in DNS. */
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
 * Only senders with a certificate that the truststore vouches for get through to the webhook, where they authenticate
 * as ever (API Gateway developer guide, "Mutual TLS authentication for an HTTP API").
 */
export const MutualTls = z.strictObject({
  /** A bucket in the region of the stack, which whoever deploys may read. */
  truststoreBucket: z.string().min(3),
  truststoreKey: z.string().min(1),
  /** Of the object. API Gateway reads it once: without a version here, a new truststore is not noticed. */
  truststoreVersion: z.string().min(1).optional(),
  /** A public one of ACM for the same name, where the domain's own was imported or is of a private authority. */
  ownershipCertificateArn: certificateArn.optional(),
})
export type MutualTls = z.infer<typeof MutualTls>

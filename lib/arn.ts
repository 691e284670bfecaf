import * as z from 'zod'

/**
 * The ARN of a resource that stands outside the stack (IAM user guide, "Amazon Resource Names").
 * @param resource what follows the account.
 * @param what what it must be, for whoever gave something else.
 */
export const arn = (service: string, resource: RegExp, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource.source}$`),
      `the ARN of ${what}`,
    )

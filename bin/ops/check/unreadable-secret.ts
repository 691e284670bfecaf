import { errorMessage } from '../error-message.ts'
import { type Finding, problem } from '../finding.ts'

/**
 * Reports a secret that these credentials cannot read. The functions have their own permissions and may still
 * read it.
 */
export const unreadableSecret = (about: string, error: unknown): Finding =>
  problem(
    about,
    `could not be read: ${errorMessage(error)}`,
    HINTS[error instanceof Error ? error.name : ''] ??
      'Run this command again. If the secret stays unreadable, look at it in the Secrets Manager console.',
  )

/** What to do for each error of Secrets Manager, by name (API reference, GetSecretValue). */
const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'Use AWS credentials that may read the secrets of the stack (secretsmanager:GetSecretValue, and kms:Decrypt if they have a key of their own).',
  ResourceNotFoundException: 'Deploy the stack, which creates the secret: npm run deploy.',
  InvalidRequestException: 'The secret is scheduled for deletion: restore it in the Secrets Manager console.',
}

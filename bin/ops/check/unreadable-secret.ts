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
    NEXT[error instanceof Error ? error.name : ''] ??
      'Run this again; if it stays so, look at the secret in the console.',
  )

/** The next step for each error of Secrets Manager, by name (API reference, GetSecretValue). */
const NEXT: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'Use AWS credentials that may read the secrets of the stack (secretsmanager:GetSecretValue, and kms:Decrypt where they have a key of their own).',
  ResourceNotFoundException: 'Deploy the stack: npm run deploy makes the secret.',
  InvalidRequestException: 'The secret waits for its deletion: restore it in the Secrets Manager console.',
}

import type { QueueName } from '../../functions/shared/record.ts'

export const QUEUE_NAMES = ['profiles', 'events'] as const satisfies readonly QueueName[]

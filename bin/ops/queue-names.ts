import type { QueueName } from '../../functions/shared/record.ts'

export const QUEUE_NAMES: readonly QueueName[] = ['profiles', 'events']

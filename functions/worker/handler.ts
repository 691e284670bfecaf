import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'

export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => ({
  batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
})

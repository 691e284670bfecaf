import type { Context } from 'aws-lambda'

export const CONTEXT: Context = {
  awsRequestId: 'lambda-request-1',
  functionName: 'receiver',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:receiver',
  memoryLimitInMB: '512',
  logGroupName: 'receiver',
  logStreamName: 'stream',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => 29_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
}

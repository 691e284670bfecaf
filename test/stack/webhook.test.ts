import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const template = synthesise()

test('the short routes and those of a connection lead to the receiver, whatever the method', () => {
  const routes = Object.values(propertiesOf(template, 'AWS::ApiGatewayV2::Route'))
  expect(routes.map(({ RouteKey }) => RouteKey)).toEqual([
    'ANY /v1/{kind}',
    'ANY /users/track',
    'ANY /users/export/ids',
    'ANY /v1/crm/{kind}',
    'ANY /v1/crm/users/track',
    'ANY /v1/{connection}/{kind}',
    'ANY /v1/{connection}/users/track',
  ])
  expect(Object.values(propertiesOf(template, 'AWS::ApiGatewayV2::Integration'))).toMatchObject([
    { IntegrationUri: { 'Fn::GetAtt': ['ReceiverFunction5F91F2E5', 'Arn'] }, PayloadFormatVersion: '2.0' },
    { IntegrationUri: { 'Fn::GetAtt': ['ExporterFunction8FE826AC', 'Arn'] }, PayloadFormatVersion: '2.0' },
  ])
})

test('the routes that outsiders can guess have limits of their own', () => {
  const rows = { ThrottlingRateLimit: 33, ThrottlingBurstLimit: 66 }
  const [stage] = Object.values(propertiesOf(template, 'AWS::ApiGatewayV2::Stage'))
  expect(stage.RouteSettings).toEqual({
    'ANY /v1/{kind}': rows,
    'ANY /users/track': rows,
    'ANY /v1/{connection}/{kind}': rows,
    'ANY /v1/{connection}/users/track': rows,
  })
})

test('the stage has a limit for all others, and no name in the URL', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 33, ThrottlingBurstLimit: 66 },
  })
})

test('the access log is JSON without anything that the sender wrote', () => {
  const [stage] = Object.values(propertiesOf(template, 'AWS::ApiGatewayV2::Stage'))
  expect(JSON.parse(stage.AccessLogSettings.Format)).toEqual({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    method: '$context.httpMethod',
    route: '$context.routeKey',
    status: '$context.status',
    responseBytes: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    receiverMs: '$context.integrationLatency',
    receiverStatus: '$context.integrationStatus',
    apiError: '$context.error.responseType',
  })
})

test('with logSourceAddresses, it also has the address, and does not mask it', () => {
  const searching = synthesise({ logSourceAddresses: true })
  const [stage] = Object.values(propertiesOf(searching, 'AWS::ApiGatewayV2::Stage'))
  expect(JSON.parse(stage.AccessLogSettings.Format)).toHaveProperty('sourceIp', '$context.identity.sourceIp')
  const masks = Object.entries(propertiesOf(searching, 'AWS::Logs::LogGroup'))
    .filter(([, group]) => JSON.stringify(group.DataProtectionPolicy).includes('IpAddress'))
    .map(([id]) => id)
  expect(masks).toEqual(['ReceiverLogs921D31A4', 'ExporterLogs0C6B1C5F', 'WorkerLogs4B5B6506'])
})

test('the console link of a queue carries its encoded URL', () => {
  const links = Object.values(template.findOutputs('WatchEvents'))
  expect(links.map(({ Value }) => Value['Fn::Join'][1])).toEqual([
    [
      'https://',
      { Ref: 'AWS::Region' },
      '.console.aws.amazon.com/sqs/v3/home?region=',
      { Ref: 'AWS::Region' },
      '#/queues/https%3A%2F%2Fsqs.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '%2F',
      { Ref: 'AWS::AccountId' },
      '%2F',
      { 'Fn::GetAtt': ['EventsQueue7396B467', 'QueueName'] },
    ],
  ])
})

import { expect, it } from 'vitest'
import { routeOf } from '../../../functions/receiver/request-context.ts'

it.each([
  ['/v1/activations', 'activations'],
  ['/v1/events', 'events'],
  ['/v1/records', 'records'],
  ['/v1/default/activations', 'activations'],
])('%s is the endpoint %s of the default connection', (path, endpoint) => {
  expect(routeOf(path)).toEqual({ endpoint, connection: 'default' })
})

it('takes the connection from the path', () => {
  expect(routeOf('/v1/crm/activations')).toEqual({ endpoint: 'activations', connection: 'crm' })
})

it.each([
  '/',
  '/v1',
  '/v1/users',
  '/v2/activations',
  '/v1/a/b/events',
  '/v1/default/',
  '/v1/events/',
  '/V1/events',
])('there is nothing at %s', (path) => {
  expect(routeOf(path)).toMatchObject({ status: 404, problem: 'no-such-path' })
})

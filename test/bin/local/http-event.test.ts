import { expect, test } from 'vitest'
import { matchRoute } from '../../../bin/local/http-event.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { routeOf } from '../../../functions/receiver/request-context.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { routesOf } from '../../../lib/routes.ts'

const ROUTES = routesOf(Connections.parse({ crm: {} }))

test.each([
  ['/v1/activations', true],
  ['/v1/events', true],
  ['/v1/records', true],
  ['/v1/crm/activations', true],
  ['/users/track', true],
  ['/v1/crm/users/track', true],
  ['/v1/nobody/activations', true],
  ['/v1/nobody/users/track', true],
  ['/users/export/ids', false],
  ['/v1/crm/users/export/ids', false],
  ['/v1/activations/', false],
  ['/v1/records//', false],
  ['/v1/crm/events/', false],
  ['/v1//records', false],
  ['//v1/records', false],
  ['/v1/crm//records', false],
  ['/users/track/', false],
  ['//users/track', false],
  ['/users//track', false],
  ['/v1/crm/users/track/', false],
  ['/v1/crm//users/track', false],
  ['/v1/', false],
  ['/', false],
])('the local gateway and the receiver agree on %s: %s', (path, isTaken) => {
  const routed = matchRoute(path, ROUTES)?.to === 'receiver'
  const read = !isProblem(routeOf(path))
  expect({ routed, read }).toEqual({ routed: isTaken, read: isTaken })
})

import { expect, test } from 'vitest'
import { matchRoute } from '../../../bin/local/http-event.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { routeOf } from '../../../functions/receiver/request-context.ts'

test.each([
  ['/v1/activations', true],
  ['/v1/events', true],
  ['/v1/records', true],
  ['/v1/crm/activations', true],
  ['/users/track', true],
  ['/v1/crm/users/track', true],
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
  const routed = matchRoute(path)?.to === 'receiver'
  const read = !isProblem(routeOf(path))
  expect({ routed, read }).toEqual({ routed: isTaken, read: isTaken })
})

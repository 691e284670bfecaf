import { expect, test } from 'vitest'
import { lookUpInBraze } from '../../../bin/local/look-up.ts'

/** Looks up a person with these answers of a real Braze. */
const braze = (...answers: { status?: number; body?: string }[]) => {
  const requests: unknown[] = []
  const lookUp = lookUpInBraze(async (body) => {
    requests.push(JSON.parse(body))
    return { kind: 'answer', headers: {}, status: 201, body: '{"users":[]}', ...answers.shift() }
  })
  return { lookUp, requests }
}

test('a person is asked for by external_id, and what Braze left out is empty', async () => {
  const user = {
    external_id: 'fixture-u1',
    braze_id: 'fixture-braze',
    email: 'fixture-mail',
    custom_attributes: { tier: 'gold' },
    custom_events: [
      { name: 'older', last: '2026-01-01T00:00:00Z', count: 2 },
      { name: 'newer', last: '2026-01-02T00:00:00Z', count: 1 },
    ],
    apps: [{ name: 'not asked for' }],
  }
  const { lookUp, requests } = braze({ body: JSON.stringify({ users: [user] }) })
  expect(await lookUp('fixture-u1')).toEqual({
    person: {
      ids: { external_id: 'fixture-u1', braze_id: 'fixture-braze' },
      attributes: { email: 'fixture-mail', tier: 'gold' },
      events: [
        { name: 'newer', time: '2026-01-02T00:00:00Z', more: { count: 1 } },
        { name: 'older', time: '2026-01-01T00:00:00Z', more: { count: 2 } },
      ],
      eventsInAll: 2,
    },
  })
  expect(requests).toMatchObject([{ external_ids: ['fixture-u1'] }])
})

test('what looks like a braze_id is asked for as one where nobody has it as external_id', async () => {
  const { lookUp, requests } = braze({}, { body: '{"users":[{"braze_id":"0123456789abcdef01234567"}]}' })
  expect(await lookUp('0123456789abcdef01234567')).toMatchObject({
    person: { ids: { braze_id: '0123456789abcdef01234567' }, attributes: {}, events: [] },
  })
  expect(requests).toMatchObject([
    { external_ids: ['0123456789abcdef01234567'] },
    { braze_id: '0123456789abcdef01234567' },
  ])
})

test('nobody is nobody, and a Braze that can’t be asked says why', async () => {
  expect(await braze().lookUp('fixture-u1')).toEqual({ nobody: true })
  const refused = braze({ status: 401, body: '{"message":"Invalid API key"}' })
  expect(await refused.lookUp('fixture-u1')).toEqual({
    unavailable:
      'Braze could not be asked (401): Invalid API key. The key needs the permission users.export.ids.',
  })
})

import { expect, test } from 'vitest'
import { openProgress, progressLines } from '../../../functions/shared/progress.ts'

const member = (audience_id: string, split_id: string) => ({ audience_id, split_id, member: true })

test('rows count by run and by audience; a row in two audiences counts once for its run and once for each', () => {
  const progress = openProgress()
  const profiles = progress.of('crm', 'profiles')
  profiles.add({ run_id: '889', memberships: [member('1042', '2'), member('1043', '1')] }, 'done')
  profiles.add({ run_id: '889', memberships: [member('1042', '2')] }, 'parked')
  profiles.add({ run_id: '890' }, 'done')
  profiles.add({}, 'done')
  progress.of('crm', 'events').add({ run_id: '889' }, 'done')
  const where = { stage: 'delivered', connection: 'crm' }
  expect(progressLines(progress, 'delivered')).toEqual([
    run({ ...where, kind: 'profiles', run: '889', delivered: 1, parked: 1 }),
    run({ ...where, kind: 'profiles', run: '890', delivered: 1, parked: 0 }),
    run({ ...where, kind: 'profiles', run: '-', delivered: 1, parked: 0 }),
    audience({ ...where, kind: 'profiles', run: '889', audience: '1042_2', delivered: 1, parked: 1 }),
    audience({ ...where, kind: 'profiles', run: '889', audience: '1043_1', delivered: 1 }),
    run({ ...where, kind: 'events', run: '889', delivered: 1, parked: 0 }),
  ])
  expect(progress.parts.map(({ kind, total }) => [kind, total])).toEqual([
    ['profiles', { done: 3, parked: 1 }],
    ['events', { done: 1, parked: 0 }],
  ])
})

test('events that name no run are counted, and not told', () => {
  const progress = openProgress()
  const events = progress.of('crm', 'events')
  events.add({}, 'done')
  events.add({}, 'parked')
  events.add({ run_id: '889' }, 'done')
  expect(progressLines(progress, 'accepted')).toEqual([
    run({ stage: 'accepted', connection: 'crm', kind: 'events', run: '889', accepted: 1, parked: 0 }),
  ])
  expect(events.total).toEqual({ done: 2, parked: 1 })
})

test('an id that could be a person’s is not shown', () => {
  const progress = openProgress()
  const part = progress.of('fixture connection', 'profiles')
  part.add({ run_id: 'fixture@example.test', memberships: [member('fixture, 1', '2')] }, 'done')
  part.add({ run_id: 'x'.repeat(65), memberships: [member('1', 'fixture 2')] }, 'parked')
  const where = { stage: 'accepted', connection: '(other)', kind: 'profiles', run: '(other)' }
  expect(progressLines(progress, 'accepted')).toEqual([
    run({ ...where, accepted: 1, parked: 1 }),
    audience({ ...where, audience: '1_(other)', accepted: 0, parked: 1 }),
    audience({ ...where, audience: '(other)', accepted: 1 }),
  ])
})

test('the splits of an audience that are not shown are counted together', () => {
  const progress = openProgress()
  const part = progress.of('crm', 'profiles')
  for (const split of ['control', 'treatment', '2', 'control'])
    part.add({ run_id: '889', memberships: [member('1042', split)] }, 'done')
  const where = { stage: 'delivered', connection: 'crm', kind: 'profiles', run: '889' }
  expect(progressLines(progress, 'delivered')).toEqual([
    run({ ...where, delivered: 4, parked: 0 }),
    audience({ ...where, audience: '1042_(other)', delivered: 3 }),
    audience({ ...where, audience: '1042_2', delivered: 1 }),
  ])
})

test.each([
  ['a telephone number', '0175', '1234567', '0175_(other)'],
  ['a date of birth', '1985', '07-09', '1985_(other)'],
  [
    'two UUIDs',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3302',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301_3f2504e0-4f89-11d3-9a0c-0305e82c3302',
  ],
])(
  'an audience and a split that are together %s are told by what is harmless',
  (_, audience_id, split_id, shown) => {
    const progress = openProgress()
    progress
      .of('crm', 'profiles')
      .add({ run_id: '889', memberships: [member(audience_id, split_id)] }, 'done')
    expect(progressLines(progress, 'accepted')[1]).toEqual(
      audience({
        stage: 'accepted',
        connection: 'crm',
        kind: 'profiles',
        run: '889',
        audience: shown,
        accepted: 1,
      }),
    )
  },
)

test('twenty runs and twenty audiences are told, the rest as one', () => {
  const progress = openProgress()
  for (const kind of ['profiles', 'events'] as const)
    for (let n = 0; n < 15; n++)
      progress.of('crm', kind).add({ run_id: `${n}`, memberships: [member(`${n}`, '1')] }, 'done')
  const lines = progressLines(progress, 'accepted').map(({ message, fields }) => ({ message, ...fields }))
  const others = lines.filter((line) => 'run' in line && line.run === '(other)')
  const where = { stage: 'accepted', connection: 'crm', kind: 'events', run: '(other)', accepted: 10 }
  expect(lines).toHaveLength(42)
  expect(others).toEqual([
    { message: 'run progress', ...where, parked: 0 },
    { message: 'audience progress', ...where, audience: '(other)' },
  ])
})

const run = (fields: object) => ({ message: 'run progress', fields })
const audience = (fields: object) => ({ message: 'audience progress', fields })

import { expect, test } from 'vitest'
import { createWorkerHarness, event, events, list, onlook, profiles, tier } from '../harness.ts'

/** How many objects a request holds is a setting, because contracts with Braze differ. */

const TOO_MANY = {
  do: 'answer',
  status: 400,
  body: '{"message":"Max Input Length Exceeded"}',
  times: 'always',
} as const

const warnings = (harness: ReturnType<typeof createWorkerHarness>) =>
  harness.logged.filter(({ fields }) => 'code' in fields && fields.code === 'TOO_MANY_OBJECTS')

test('a request holds no more objects than the settings allow', async () => {
  const harness = createWorkerHarness()
  harness.objectsPerRequest = 50
  expect(
    await harness.work([
      profiles(
        'm1',
        list(120, (n) => tier(`fixture-u${n}`, n)),
      ),
    ]),
  ).toEqual([])
  expect(onlook(harness).sizes).toEqual([50, 50, 20])
})

test('messages of events share a request only if both fit into it whole', async () => {
  const harness = createWorkerHarness()
  harness.objectsPerRequest = 50
  const message = (id: string, size: number) => events(id, list(size, event), { lane: `lane-${id}` })
  expect(await harness.work([message('m1', 30), message('m2', 30), message('m3', 20)])).toEqual([])
  expect(onlook(harness).sizes).toEqual([30, 50])
})

test('a message of events that was made before the number was lowered is delivered, in order', async () => {
  const harness = createWorkerHarness()
  harness.objectsPerRequest = 50
  const names = list(75, (n) => `fixture-e${n}`)
  expect(
    await harness.work([
      events(
        'm1',
        names.map((name) => event(1, name)),
      ),
    ]),
  ).toEqual([])
  expect(onlook(harness).sizes).toEqual([50, 25])
  expect(harness.braze.events().map(({ name }) => name)).toEqual(names)
})

test('if Braze accepts fewer objects, the log names the setting, once in an invocation', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ ...TOO_MANY, matches: ({ attributes }) => attributes.length > 50 }])
  const full = (m: number) => list(75, (n) => tier(`fixture-${m}-${n}`, n))
  expect(await harness.work([profiles('m1', [...full(1), ...full(2)])])).toEqual([])
  expect(onlook(harness)).toMatchObject({ sizes: [75, 38, 37, 75, 38, 37], codes: [] })
  expect(warnings(harness)).toEqual([
    {
      level: 'warn',
      message: 'braze accepts fewer objects in a request',
      fields: {
        code: 'TOO_MANY_OBJECTS',
        kind: 'profiles',
        attributes: 75,
        events: 0,
        purchases: 0,
        hint: 'The Braze contract allows fewer objects per request than the settings say. Nothing is lost, but each full request is sent again in halves. Set objectsPerRequest in cdk.json to the number that the contract names, and deploy.',
      },
    },
  ])
})

test('the same words about a lone object say nothing about the setting', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ ...TOO_MANY, matches: (body) => JSON.stringify(body).includes('fixture-bad') }])
  await harness.work([profiles('m1', [tier('fixture-bad', 1)])])
  expect(harness.deadLetterCodes()).toHaveLength(1)
  expect(warnings(harness)).toEqual([])
})

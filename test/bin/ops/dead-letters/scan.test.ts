import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { exportDeadLetters, openArchive } from '../../../../bin/ops/dead-letters/export.edge.ts'
import { groupByCause, inspectDeadLetter } from '../../../../bin/ops/dead-letters/inspect.ts'
import { matchesFilter, scanDeadLetters } from '../../../../bin/ops/dead-letters/scan.ts'
import { SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import { createRedriveHarness, deadLetterOf, messageBody, NOON, rowsBody } from '../redrive/harness.ts'

const HOUR = 3_600_000
const profile = (run_id?: string) => ({ type: 'profile', external_id: 'fixture-u1', run_id })
const refused = (run: string) => messageBody('ATTRIBUTE_REFUSED', [profile(run)])

const inspect = (body: string, overrides: Parameters<typeof deadLetterOf>[1] = {}) =>
  inspectDeadLetter(deadLetterOf(body, overrides), SETTINGS)

test.each([
  [
    'rows of one run',
    rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1","run_id":889}', '{"run_id":"889"}']),
    { code: 'OP_UNKNOWN', hint: 'fixture hint', connection: 'default', run: '889', kind: 'rows', records: 2 },
  ],
  [
    'records without a run',
    messageBody('WORKER_DIED', [profile()]),
    { run: '-', kind: 'records', records: 1 },
  ],
  ['one run', messageBody('WORKER_DIED', [profile('889'), profile('889')]), { run: '889', records: 2 }],
  ['several runs', messageBody('WORKER_DIED', [profile('889'), profile()]), { run: 'several' }],
  [
    'a run that is not safe to show',
    messageBody('WORKER_DIED', [profile('fixture@run')]),
    { run: '(other)' },
  ],
  [
    'a message of somebody else, of which nothing is shown',
    '{"failure":{"code":"fixture code","hint":"fixture-hint"},"connection":"fixture@connection","fixture":1}',
    {
      code: 'UNKNOWN',
      hint: 'It was not written by this version of the bridge. Look at one of them, and find out who wrote it.',
      connection: '-',
      run: '-',
      records: 0,
    },
  ],
  [
    'a connection that is named like a property of every object',
    rowsBody('OP_UNKNOWN', ['{"run_id":"889"}']).replace('"default"', '"constructor"'),
    { connection: 'constructor', run: '889' },
  ],
  [
    'a message that SQS moved',
    messageBody(undefined, [profile()]),
    {
      code: 'MOVED_BY_SQS',
      hint: 'SQS moved the message here after 1,000 receives. The log of the worker says why it was returned.',
    },
  ],
])('the facts that are kept of %s', (_, body, facts) => {
  expect(inspect(body, { messageId: 'id-7' }).facts).toMatchObject({
    queue: 'profiles',
    messageId: 'id-7',
    sentAt: NOON,
    ...facts,
  })
})

test('groups dead letters with one cause, the largest group first, and names the oldest of each', () => {
  const deadLetters = [
    inspect(refused('890'), { messageId: 'a' }),
    inspect(refused('889'), { messageId: 'b', sentAt: NOON - HOUR }),
    inspect(refused('889'), { messageId: 'c', sentAt: NOON - 2 * HOUR }),
    inspect(refused('889'), { messageId: 'd', queue: 'events' }),
  ]
  const common = { code: 'ATTRIBUTE_REFUSED', hint: 'fixture hint', connection: 'default', kind: 'records' }
  const reasons = ['fixture reason']
  const one = { deadLetters: 1, records: 1, oldestSentAt: NOON, reasons }
  expect(groupByCause(deadLetters.map(({ facts }) => facts))).toEqual([
    {
      ...{ ...common, queue: 'profiles', run: '889', messageId: 'c' },
      ...{ deadLetters: 2, records: 2, oldestSentAt: NOON - 2 * HOUR, reasons },
    },
    { ...common, queue: 'profiles', run: '890', messageId: 'a', ...one },
    { ...common, queue: 'events', run: '889', messageId: 'd', ...one },
  ])
})

test.each<[string, string, string[]]>([
  ['ATTRIBUTE_REFUSED', 'the attribute tier is too long', ['the attribute tier is too long']],
  ['ATTRIBUTE_REFUSED', 'the attribute anna@example.com is too long', []],
  ['ATTRIBUTE_REFUSED', 'the attribute 123456 is too long', []],
  ['REJECTED_BY_BRAZE', 'Braze rejected it: fixture words', []],
])('of %s, “%s” is shown as %j', (code, reason, reasons) => {
  const body = messageBody(code, [profile('889')]).replace('fixture reason', reason)
  expect(groupByCause([inspect(body).facts])).toMatchObject([{ reasons }])
})

const EVERYTHING = {
  queues: ['profiles', 'events'],
  codes: [],
  connection: undefined,
  run: undefined,
  olderThanMs: undefined,
} as const

test.each([
  [{}, true],
  [{ codes: ['OP_UNKNOWN', 'TIME_UNREADABLE'] }, true],
  [{ codes: ['TIME_UNREADABLE'] }, false],
  [{ connection: 'default' }, true],
  [{ connection: 'shop' }, false],
  [{ run: '889' }, true],
  [{ run: '890' }, true],
  [{ run: '891' }, false],
  [{ olderThanMs: HOUR }, true],
  [{ olderThanMs: HOUR + 1 }, false],
])('the filter %j matches: %s', (filter, expected) => {
  const rows = ['{"run_id":"889"}', '{"run_id":"890"}']
  const inspected = inspect(rowsBody('OP_UNKNOWN', rows), { sentAt: NOON - HOUR })
  expect(matchesFilter(inspected, { ...EVERYTHING, ...filter }, NOON)).toBe(expected)
})

/** Thirty dead letters in memory, and a folder for the export. */
function thirtyParked(link = linkSync) {
  const harness = createRedriveHarness()
  const record = { type: 'event', external_id: 'fixture-u1', name: 'fixture-e' }
  for (let n = 0; n < 30; n++) harness.park('events', messageBody('EVENT_REFUSED', [record]))
  const folder = mkdtempSync(join(tmpdir(), 'export-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'letters')
  const errors: string[] = []
  const error = (line: string) => errors.push(line)
  const runExport = (changed: Partial<typeof harness.deps> = {}) => {
    const archive = openArchive(file, link)
    if ('problem' in archive) throw new Error(archive.problem)
    return exportDeadLetters(EVERYTHING, archive, 'FILE', { ...harness.deps, ...changed, error })
  }
  const linesIn = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n').length - 1
  return {
    harness,
    runExport,
    folder,
    file,
    errors: () => errors.join('\n').replaceAll(folder, 'FOLDER'),
    linesIn,
  }
}

describe('what was received is visible again', () => {
  test('after Ctrl-C in the middle, and no file is left', async () => {
    const { harness, runExport, folder } = thirtyParked()
    const receive: typeof harness.deps.receive = async (queue, seconds) => {
      const received = await harness.deps.receive(queue, seconds)
      harness.stop()
      return received
    }
    expect(await runExport({ receive })).toBe(false)
    expect([readdirSync(folder), harness.visible('events')]).toEqual([[], 30])
  })

  test('after a receive that fails in the middle, and no file is left', async () => {
    const { harness, runExport, folder } = thirtyParked()
    let calls = 0
    const receive: typeof harness.deps.receive = async (queue, seconds) => {
      if (++calls > 10) throw new Error('fixture network')
      return harness.deps.receive(queue, seconds)
    }
    await expect(runExport({ receive })).rejects.toThrow('fixture network')
    expect([readdirSync(folder), harness.visible('events')]).toEqual([[], 30])
  })

  test('after a count that fails', async () => {
    const { harness } = thirtyParked()
    const count = async () => {
      throw new Error('fixture network')
    }
    const scan = scanDeadLetters(EVERYTHING, { ...harness.deps, count }, () => undefined)
    await expect(scan).rejects.toThrow('fixture network')
    expect(harness.visible('events')).toBe(30)
  })
})

test('an export without the dead letters that somebody else holds is not complete, and says so', async () => {
  const { harness, runExport, linesIn } = thirtyParked()
  await harness.deps.receive('events', 900)
  expect(await runExport()).toBe(false)
  expect(linesIn('letters')).toBe(20)
  expect(harness.lines.join('\n')).toMatchInlineSnapshot(`
    "Wrote 20 dead letters with 20 records to FILE.
    The file holds personal data.

    About 10 dead letters could not be listed: the console or another command holds
    them, for at most 15 minutes. Then run this again."
  `)
})

describe('an export is published under its name', () => {
  const noLinks = () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' })
  }

  test('on a file system without hard links too', async () => {
    const { runExport, folder, linesIn } = thirtyParked(noLinks)
    expect(await runExport()).toBe(true)
    expect([readdirSync(folder), linesIn('letters')]).toEqual([['letters'], 30])
  })

  test.each([
    ['with hard links', linkSync],
    ['without hard links', noLinks],
  ])('but does not replace a file that was created meanwhile, %s', async (_, link) => {
    const { harness, runExport, file, errors, linesIn } = thirtyParked(link)
    const count: typeof harness.deps.count = async (queues) => {
      writeFileSync(file, 'fixture')
      return harness.deps.count(queues)
    }
    expect(await runExport({ count })).toBe(false)
    expect([readFileSync(file, 'utf8'), linesIn('letters.partial')]).toEqual(['fixture', 30])
    expect(errors()).toMatch(
      /^FOLDER\/letters cannot be created: EEXIST: .+\. The export is complete and is in FOLDER\/letters\.partial\. Rename that file\.$/,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { readMessage, writeMessage } from '../../../functions/shared/message.ts'
import { RawDeadLetter } from '../../../functions/shared/raw-dead-letter.ts'

const ENVELOPE = {
  v: 1,
  id: 'm-1',
  connection: 'default',
  receivedAt: '2026-01-05T10:00:00.000Z',
  requestId: 'request-1',
} as const

const PROFILE = '{"type":"profile","external_id":"u-1","attributes":{"caf\\u00e9":1}}'
const EVENT = '{"type":"event","external_id":"u-1","name":"visit"}'
const BODY = `{"v":1,"id":"m-1","connection":"default","receivedAt":"2026-01-05T10:00:00.000Z","requestId":"request-1","records":[${PROFILE},${EVENT}]}`

describe('a message', () => {
  it('is written around records that are written already', () => {
    expect(writeMessage(ENVELOPE, [PROFILE, EVENT])).toBe(BODY)
  })

  it('is written in ASCII', () => {
    expect(writeMessage({ ...ENVELOPE, connection: 'é' }, [PROFILE])).toContain('"connection":"\\u00e9"')
  })

  it('is read back', () => {
    expect(readMessage(BODY)).toEqual({
      kind: 'message',
      message: {
        ...ENVELOPE,
        records: [
          { type: 'profile', external_id: 'u-1', attributes: { café: 1 } },
          { type: 'event', external_id: 'u-1', name: 'visit' },
        ],
      },
    })
  })

  it('is read with the failure of a letter', () => {
    const failure = '"failure":{"code":"C","reason":"r","hint":"h","at":"2026-01-05T10:00:00.000Z"}'
    expect(readMessage(`{${failure},${BODY.slice(1)}`)).toMatchObject({
      kind: 'message',
      message: { failure: { code: 'C' } },
    })
  })

  it('keeps an attribute named __proto__', () => {
    const body = writeMessage(ENVELOPE, [
      '{"type":"profile","external_id":"u-1","attributes":{"__proto__":"x"}}',
    ])
    const read = readMessage(body)
    expect(JSON.stringify(read)).toContain('"attributes":{"__proto__":"x"}')
  })
})

describe('what is no message of this version', () => {
  it.each([
    ['a later version, whatever else it holds', '{"v":2,"batches":[]}'],
    ['an earlier one', BODY.replace('"v":1', '"v":0')],
  ])('is kept: %s', (_, body) => {
    expect(readMessage(body)).toEqual({ kind: 'unknown version' })
  })

  it.each([
    ['not JSON', '{"v":1,', ['(not JSON)']],
    ['no version', '{"id":"m-1"}', ['v', 'id']],
    ['no records', BODY.replace(/"records":.*$/, '"records":[]}'), ['records']],
    ['a record of no kind', BODY.replace('"type":"event"', '"type":"fixture"'), ['records.1.type']],
    ['an empty id', BODY.replace('"external_id":"u-1"', '"external_id":""'), ['records.0.external_id']],
    ['attributes that are a list', BODY.replace('{"caf\\u00e9":1}', '[1]'), ['records.0.attributes']],
  ])('is unreadable: %s', (_, body, where) => {
    const read = readMessage(body)
    expect(read).toMatchObject({ kind: 'unreadable', where: expect.arrayContaining(where.slice(0, 1)) })
    expect(JSON.stringify(read)).not.toContain('fixture')
  })
})

it('a letter of raw rows keeps them as they are', () => {
  const deadLetter = {
    failure: { code: 'C', reason: 'r', hint: 'h', at: '2026-01-05T10:00:00.000Z' },
    ...ENVELOPE,
    endpoint: 'records',
    inherited: { audience: '1042' },
    rows: [
      { index: 0, row: 7, field: 'op' },
      { index: 4, row: { external_id: 'u-1' }, omittedBytes: 200_000 },
    ],
  }
  expect(RawDeadLetter.parse(deadLetter)).toEqual(deadLetter)
})

import { expect, test, vi } from 'vitest'
import { main } from '../../../../bin/ops/main.ts'
import { createTestIo } from '../../../test-io.ts'
import { stackOnLoopback } from '../stack-on-loopback.ts'

/** `rotate inbound --finish` on a deployed stack. The real SDK calls a server on loopback. */

const SECRET = { token: 'fixture-new-token', previousToken: 'fixture-previous-token' }
const WRITTEN = [JSON.stringify({ token: 'fixture-new-token' })]

/** @returns the values that are written into the secret. The command is interrupted at the first one. */
async function stackWithTwoTokens(stopping: AbortController): Promise<unknown[]> {
  const written: unknown[] = []
  await stackOnLoopback(
    ({ what, body }) => {
      if (what === 'GetSecretValue') return { SecretString: JSON.stringify(SECRET) }
      if (what !== 'PutSecretValue') return { httpStatus: 400, __type: 'InvalidAction' }
      written.push(body.SecretString)
      stopping.abort()
      return {}
    },
    // Without a client certificate, no token is sent to the webhook.
    { mutualTls: true },
  )
  return written
}

async function finish(argv: readonly string[], answer: string | undefined) {
  const stopping = new AbortController()
  const written = await stackWithTwoTokens(stopping)
  const ask = vi.fn(async () => answer ?? '')
  const { io, errors } = createTestIo(['rotate', 'inbound', '--finish', ...argv], {
    stop: stopping.signal,
    ...(answer !== undefined && { ask }),
  })
  await main(io)
  return { questions: ask.mock.calls.flat(), written, errors }
}

const QUESTION = 'Type prod to remove the previous token on the stage prod: '
const INTERRUPTED = 'Interrupted: the rotation completes by itself.'
const DECLINED = 'Nothing was changed. --yes skips this question.'

test.each([
  ['the right name', ['--stage', 'prod'], 'prod', [QUESTION], WRITTEN, INTERRUPTED],
  ['another name', ['--stage', 'prod'], 'dev', [QUESTION], [], DECLINED],
  ['--yes', ['--stage', 'prod', '--yes'], 'dev', [], WRITTEN, INTERRUPTED],
  ['no terminal', ['--stage', 'prod'], undefined, [], WRITTEN, INTERRUPTED],
  ['a stage without keepData', ['--stage', 'dev'], 'prod', [], WRITTEN, INTERRUPTED],
])('the previous token is removed only after a needed confirmation: %s', async (...row) => {
  const [, argv, answer, questions, written, sentence] = row
  expect(await finish(argv, answer)).toEqual({ questions, written, errors: [sentence] })
})

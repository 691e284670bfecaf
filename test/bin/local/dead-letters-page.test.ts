import { expect, test } from 'vitest'
import { deadLettersPage } from '../../../bin/local/dead-letters.ts'

const TOKEN = 'fixture-token-5521-x'

test('the page shows each number of a dead letter as it is in the queue', async () => {
  const bodies = [
    '{"rows":[{"index":0,"row":{"id":12345678901234567891,"a":[1.10,-0],"b":{"c":1E5}}}]}',
    '{"records":[{"attributes":{"ltv":1.0,"n":{"inc":-2.50},"most":1e400}}]}',
    'a text from elsewhere',
  ]
  const page = deadLettersPage(
    () => bodies.map((body) => ({ queue: 'profiles', messageId: 'm-1', body, records: [] })),
    () => ({ token: TOKEN }),
  )
  const answer = await page({
    method: 'GET',
    path: '/dead-letters',
    headers: { host: '127.0.0.1:8787', 'x-api-key': TOKEN },
  })
  expect(answer?.body?.replace(/\n */g, '')).toBe(
    '[{"queue": "profiles","messageId": "m-1","body": {"rows": [{"index": 0,"row": {"id": 12345678901234567891,"a": [1.10,-0],"b": {"c": 1E5}}}]}},' +
      '{"queue": "profiles","messageId": "m-1","body": {"records": [{"attributes": {"ltv": 1.0,"n": {"inc": -2.50},"most": 1e400}}]}},' +
      '{"queue": "profiles","messageId": "m-1","body": "a text from elsewhere"}]',
  )
})

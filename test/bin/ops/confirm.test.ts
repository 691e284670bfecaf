import { expect, test } from 'vitest'
import { isConfirmed } from '../../../bin/ops/confirm.ts'
import { createTestIo } from '../../test-io.ts'

const PROD = { protectedStage: 'prod' }

test.each([
  ['the name of the stage', PROD, 'prod', false, true],
  ['the name with spaces around it', PROD, ' prod ', false, true],
  ['another word', PROD, 'yes', false, false],
  ['nothing', PROD, '', false, false],
  ['nothing, but --yes is given', PROD, undefined, true, true],
  ['nothing, because the stage does not keep its data', {}, undefined, false, true],
])('a person types %s', async (_, target, answer, yes, confirmed) => {
  const asked: string[] = []
  const ask = async (question: string) => {
    asked.push(question)
    return answer ?? ''
  }
  const { io, errors } = createTestIo([], { ask })
  expect(await isConfirmed('pause delivery on', target, io, yes)).toBe(confirmed)
  expect(asked).toEqual(answer === undefined ? [] : ['Type prod to pause delivery on the stage prod: '])
  expect(errors).toEqual(confirmed ? [] : ['Nothing was changed. --yes skips this question.'])
})

test('a script is not asked', async () => {
  expect(await isConfirmed('pause delivery on', PROD, createTestIo([]).io, false)).toBe(true)
})

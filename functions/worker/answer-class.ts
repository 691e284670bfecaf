import { BRAZE_ANSWERS, type BrazeAnswerClass } from '../shared/metrics.ts'
import type { Answer } from './judge.ts'

/** What the metrics call an answer of Braze. */
export function answerClass(answer: Answer): BrazeAnswerClass {
  if (answer.kind === 'no answer') return 'none'
  const { status } = answer
  if (status >= 200 && status < 300) return '2xx'
  if (status >= 500 && status < 600) return '5xx'
  return BRAZE_ANSWERS.find((name) => name === String(status)) ?? 'other'
}

import type { RedriveOptions } from './options.ts'
import { isRedriven, type PlannedDeadLetter, type PlannedPart, unreadableReason } from './plan.ts'
import { REASONS, type ReportedReason, reasonText } from './reasons.ts'

export type Size = { deadLetters: number; records: number }

export type PlanSummary = {
  /** What goes back, or would go back. */
  goes: Size
  /** What stays in the dead-letter queue, by reason. */
  stays: (Size & { reason: ReportedReason; why: string; next: string })[]
}

/** Counts what a plan redrives and what it leaves. It contains no personal data. */
export const summarizePlan = (plan: readonly PlannedDeadLetter[], options: RedriveOptions): PlanSummary => ({
  goes: sizeOf(plan.filter(isRedriven), ({ decision }) => decision.kind === 'back'),
  stays: REASONS.flatMap((reason) => {
    const size = stayingFor(reason, plan)
    const { why, what: next } = reasonText(reason, options)
    return size.deadLetters === 0 ? [] : [{ reason, why, next, ...size }]
  }),
})

function stayingFor(reason: ReportedReason, plan: readonly PlannedDeadLetter[]): Size {
  const whole = plan.filter((planned) => unreadableReason(planned) === reason)
  const partly = plan.filter(({ parts }) => parts.some((part) => isStaying(part, reason)))
  const { deadLetters, records } = sizeOf(partly, (part) => isStaying(part, reason))
  return { deadLetters: whole.length + deadLetters, records }
}

const isStaying = ({ decision }: PlannedPart, reason: ReportedReason) =>
  decision.kind === 'stays' && decision.reason === reason

const sizeOf = (plan: readonly PlannedDeadLetter[], counts: (part: PlannedPart) => boolean): Size => ({
  deadLetters: plan.length,
  records: plan.reduce((sum, { parts }) => sum + parts.filter(counts).length, 0),
})

import type { ParsedStep } from './script.ts'
import { type Distortion, type TrackError, UNDISTORTED } from './track.ts'
import type { TrackArrays } from './track-body.ts'

/** How a step changes the verdicts of a request that is otherwise handled normally. */
export function distortionOf(step: ParsedStep | undefined): Distortion {
  if (step?.do === 'add errors') {
    const { errors } = step
    return { ...UNDISTORTED, errors: (own) => [...own, ...errors] }
  }
  if (step?.do !== 'reject') return UNDISTORTED
  const { type, indexes } = step
  const rejected = new Set(step.rejected)
  return {
    rejected: (label) => (label !== undefined && rejected.has(label) ? type : undefined),
    errors: (errors, sent) => errors.flatMap((error) => misindexed(error, indexes, sent)),
  }
}

function misindexed(
  error: TrackError,
  indexes: Extract<ParsedStep, { do: 'reject' }>['indexes'],
  sent: TrackArrays,
): TrackError[] {
  const { type, input_array, index } = error
  switch (indexes) {
    case 'right':
      return [error]
    case 'missing':
      return [{ type, input_array }]
    case 'twice':
      return [error, error]
    case 'out of range':
      return [{ type, input_array, index: (index ?? 0) + (input_array ? sent[input_array].length : 0) }]
  }
}

import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import { type FaultScenario, MINUTE, START } from './scenario.ts'

export const NEW_KEY = 'fixture-rotated-key'

/** The only key that Braze accepts at this time. */
export const keyAt = ({ rotation }: FaultScenario, at: number) =>
  rotation && at >= START + rotation.from * MINUTE ? NEW_KEY : SIMULATOR_KEY

/** The key in the secret at this time, which may change before or after Braze's own. */
export const secretAt = ({ rotation }: FaultScenario, at: number) =>
  rotation && at >= START + (rotation.from + rotation.secretLater) * MINUTE ? NEW_KEY : SIMULATOR_KEY

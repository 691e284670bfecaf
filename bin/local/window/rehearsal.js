import { rehearse } from './api.js'
import { byId } from './dom.js'

/** As long as the simulator fails (`REHEARSAL_MS` in `bin/local/rehearsal.ts`). */
const REHEARSAL_MS = 60_000

/**
 * Lets the reader see an outage: a choice of what the simulated Braze answers, for a minute.
 * @param {boolean} isSimulator
 * @param {(error: unknown) => void} onError
 */
export function openRehearsal(isSimulator, onError) {
  const answer = byId('rehearsal-answer', HTMLSelectElement)
  byId('rehearsal', HTMLElement).hidden = !isSimulator
  let begun = 0
  answer.addEventListener('change', () => {
    begun += 1
    const mine = begun
    rehearse(answer.value).catch(onError)
    setTimeout(() => {
      if (mine === begun) answer.value = 'normal'
    }, REHEARSAL_MS)
  })
}
